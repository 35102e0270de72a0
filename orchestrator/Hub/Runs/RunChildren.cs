using System.Collections.Concurrent;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Hub.Flows;

namespace Flows.Hub.Runs;

/// <summary>
/// Finds the flows that one run uses as activities. What was found once stays so for the run: it is written down
/// before the run goes on, and read again when the run is taken up or replayed.
/// </summary>
public sealed class RunChildren(RunRow row, RunStore store, IFlowLookup flows)
{
    private readonly ConcurrentDictionary<(string Name, int Version), FlowDefinition?> _pinned = [];

    /// <summary>Reads what the run used so far.</summary>
    public static async Task<RunChildren> OfAsync(RunRow row, RunStore store, IFlowLookup flows)
    {
        var children = new RunChildren(row, store, flows);
        foreach (var child in await store.ChildrenAsync(row.Id))
            children._pinned[(child.Name, child.Version)] = child.DefinitionDigest is { } digest ? await store.DefinitionAsync(digest) : null;
        return children;
    }

    /// <summary>A run that goes on from another over the same definition uses the same versions of other flows.</summary>
    public static async Task CopyAsync(RunRow from, RunRow to, RunStore store)
    {
        foreach (var child in await store.ChildrenAsync(from.Id))
        {
            await store.PinAsync(new RunChildRow { RunId = to.Id, Name = child.Name, Version = child.Version, ProjectId = to.ProjectId, Author = to.Author, DefinitionDigest = child.DefinitionDigest }, null);
        }
    }

    public FlowDefinition? Find(string name, int? version)
    {
        var key = (name, version ?? 0);
        if (_pinned.TryGetValue(key, out var known)) return known;
        var found = flows.Child(name, version);
        // Part of deciding, which is synchronous: rare, and done once per name.
        store.PinAsync(Row(key, found), found).GetAwaiter().GetResult();
        return _pinned[key] = found;
    }

    private RunChildRow Row((string Name, int Version) key, FlowDefinition? found) => new()
    {
        RunId = row.Id,
        Name = key.Name,
        Version = key.Version,
        ProjectId = row.ProjectId,
        Author = row.Author,
        DefinitionDigest = found is null ? null : RunStore.Digest(found.Json.ToJsonString(ContractJson.Options)),
    };
}
