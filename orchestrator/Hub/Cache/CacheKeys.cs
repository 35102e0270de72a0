using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Secrets;
using Flows.Hub.Runs;
using Flows.Hub.Secrets;
using Flows.Library.Python.Recording;

namespace Flows.Hub.Cache;

/// <summary>
/// Names what a step's result comes from: activity type and version, settings and inputs (artifacts by digest), the code that is carried out
/// (the program's own, scripts, files of the flow), secrets by a keyed digest, and the environment it runs in. The same key, the same result.
/// </summary>
public sealed class CacheKeys(ActivityCatalog catalog, SecretDigests secrets)
{
    /// <summary>Null when something that the result comes from cannot be told.</summary>
    public async Task<string?> OfAsync(string project, FlowActivity activity, JsonObject inputs, IFlowFiles files, CancellationToken cancellation)
    {
        if (catalog.Find(activity.Type) is not { Cacheable: true } descriptor || !catalog.HasClass(activity.Type)) return null;
        if (await FilesAsync(descriptor, inputs, files, cancellation) is not { } named) return null;
        var made = catalog.Create(activity.Type, inputs);
        var source = made is IResultSource asked ? await asked.SourceAsync(files, cancellation) : "";
        if (source is null) return null;
        var from = new JsonObject
        {
            ["type"] = activity.Type,
            ["version"] = descriptor.Version,
            ["program"] = made.GetType().Module.ModuleVersionId.ToString(),
            ["inputs"] = Sorted(inputs),
            ["ports"] = Sorted(activity.CustomProperties["ports"]),
            ["files"] = named,
            ["source"] = source,
        };
        if (SecretUse.Of(activity) is { Count: > 0 } uses) from["secrets"] = await SecretsAsync(project, uses, cancellation);
        return RunStore.Digest(from.ToJsonString(ContractJson.Options));
    }

    // Another value gives another key; the key says nothing about the value.
    private async Task<JsonObject> SecretsAsync(string project, IReadOnlyList<SecretUse> uses, CancellationToken cancellation)
    {
        var digests = new JsonObject();
        foreach (var name in uses.Select(use => use.Name).Distinct().Order(StringComparer.Ordinal)) digests[name] = await secrets.OfAsync(project, name, cancellation);
        return digests;
    }

    private static async Task<JsonArray?> FilesAsync(ActivityDescriptor descriptor, JsonObject inputs, IFlowFiles files, CancellationToken cancellation)
    {
        var named = new JsonArray();
        foreach (var field in descriptor.Inputs.Where(input => input.Editor == "file"))
        {
            if (inputs[field.Name].AsText() is not { Length: > 0 } path) continue;
            // What an address gives can change at any time.
            if (path.Contains("://", StringComparison.Ordinal)) return null;
            var file = await files.FetchAsync(path.Trim(), cancellation);
            foreach (var part in ScriptFolder.Parts(file)) named.Add($"{Path.GetRelativePath(Path.GetDirectoryName(file)!, part)} {await DigestAsync(part, cancellation)}");
        }
        return named;
    }

    private static async Task<string> DigestAsync(string file, CancellationToken cancellation)
    {
        await using var bytes = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation));
    }

    private static JsonNode? Sorted(JsonNode? value) => value switch
    {
        JsonObject json when Artifact.From(json) is { } artifact => $"{artifact.Kind} {artifact.Sha256}",
        JsonObject json => new JsonObject(json.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => value?.DeepClone(),
    };
}
