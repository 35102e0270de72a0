using System.IO.Compression;
using System.Text;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Flows;

/// <summary>Takes flows in: one definition, an array of them, or a bundle (zip with flows and the files that belong to them).</summary>
public sealed class FlowImport(FlowStore store, FlowFiles files, FlowInspection inspection)
{
    /// <summary>Largest request, in bytes: 64 MB; a bundle may unpack to 1 GB.</summary>
    public const long MaxBytes = FlowFile.MaxBytes;

    private const long MaxUnpacked = 1L << 30;

    public async Task<IReadOnlyList<FlowSaved>> ImportAsync(byte[] body, bool publish, CancellationToken cancellation) =>
        body is [(byte)'P', (byte)'K', ..] ? await BundleAsync(body, publish, cancellation) : await SaveAsync(Read(body), publish, cancellation);

    /// <summary>Saves each as a new draft, and publishes those without errors if asked to, whatever the order in which they use each other.</summary>
    public async Task<IReadOnlyList<FlowSaved>> SaveAsync(IReadOnlyList<FlowDefinition> flows, bool publish, CancellationToken cancellation)
    {
        var (saved, open) = (new List<FlowSaved>(), new Dictionary<string, FlowDefinition>());
        foreach (var flow in flows)
        {
            if (flow.DefinitionId.Length == 0) flow.Json["definitionId"] = Guid.NewGuid().ToString("N")[..16];
            // Several versions of one flow: each is published before the next is saved over it.
            if (publish && open.ContainsKey(flow.DefinitionId)) await PublishAsync(open, flows, cancellation);
            saved.Add(await store.SaveAsync(flow, null, cancellation));
            open[flow.DefinitionId] = flow;
        }
        if (publish) await PublishAsync(open, flows, cancellation);
        // Only now is it known which of the flows that they use are there.
        for (var i = 0; i < saved.Count; i++) saved[i] = await store.SavedAsync(saved[i].DefinitionId, saved[i].Version, cancellation);
        return saved;
    }

    private async Task PublishAsync(Dictionary<string, FlowDefinition> open, IReadOnlyList<FlowDefinition> alongside, CancellationToken cancellation)
    {
        foreach (var (id, flow) in open)
        {
            if (inspection.Of(flow, alongside).All(problem => problem.Level != ProblemLevel.Error)) await store.PublishAsync(id, alongside, cancellation);
        }
        open.Clear();
    }

    private async Task<IReadOnlyList<FlowSaved>> BundleAsync(byte[] body, bool publish, CancellationToken cancellation)
    {
        using var zip = Open(body);
        if (zip.Entries.Sum(entry => entry.Length) > MaxUnpacked) throw new RequestFault("The bundle unpacks to more than 1 GB.");
        var flows = new List<FlowDefinition>();
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.StartsWith("flows/", StringComparison.Ordinal) && entry.Length > 0))
            flows.AddRange(Read(await BytesAsync(entry, cancellation)));
        if (flows.Count == 0) throw new RequestFault("The bundle has no flow: 'flows/NAME.json' is expected.");
        // Paths are checked before anything is written: a bundle comes in whole or not at all.
        var contents = zip.Entries.Where(entry => entry.FullName.StartsWith("files/", StringComparison.Ordinal) && entry.Length > 0).Select(entry => (entry, Place(entry))).ToList();
        await store.DemandFreeAsync([.. contents.Select(content => content.Item2.Id).Concat(flows.Select(flow => flow.DefinitionId)).Distinct()], cancellation);
        foreach (var (entry, (id, path)) in contents)
        {
            await using var content = await entry.OpenAsync(cancellation);
            await files.WriteAsync(id, path, content, cancellation);
        }
        return await SaveAsync(flows, publish, cancellation);
    }

    private static (string Id, FlowPath Path) Place(ZipArchiveEntry entry)
    {
        var parts = entry.FullName.Split('/', 3);
        if (parts.Length < 3) throw new RequestFault($"The bundle's entry '{entry.FullName}' belongs to no flow.");
        FlowPath.RequireFlow(parts[1]);
        return (parts[1], FlowPath.Of(parts[2]));
    }

    // An entry may unpack to more than it says: what is read is counted.
    private static async Task<byte[]> BytesAsync(ZipArchiveEntry entry, CancellationToken cancellation)
    {
        await using var content = await entry.OpenAsync(cancellation);
        return await LimitedBody.ReadAsync(content, MaxBytes, cancellation);
    }

    private static ZipArchive Open(byte[] body)
    {
        try { return new ZipArchive(new MemoryStream(body)); }
        catch (InvalidDataException broken) { throw new RequestFault($"The bundle cannot be read: {broken.Message}"); }
    }

    private static IReadOnlyList<FlowDefinition> Read(byte[] body) => FlowFile.Read(Encoding.UTF8.GetString(body));
}
