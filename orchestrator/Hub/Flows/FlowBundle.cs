using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;

namespace Flows.Hub.Flows;

/// <summary>Writes a flow and its files as one zip: <c>manifest.json</c>, <c>flows/ID.json</c>, <c>files/ID/…</c>.</summary>
internal static class FlowBundle
{
    public static async Task<byte[]> WriteAsync(FlowDefinition flow, FlowFiles files, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var contents = await files.ListAsync(flow.DefinitionId, cancellation);
            WriteText(zip, "manifest.json", JsonSerializer.Serialize(Manifest(flow, contents), ContractJson.Indented));
            WriteText(zip, $"flows/{flow.DefinitionId}.json", FlowFile.Write(flow));
            foreach (var file in contents)
            {
                // Deleted since it was listed: then it is not part of the flow any more.
                if (await files.FindAsync(flow.DefinitionId, FlowPath.Of(file.Path), cancellation) is { } found)
                    await zip.CreateEntryFromFileAsync(found, $"files/{flow.DefinitionId}/{file.Path}", cancellation);
            }
        }
        return bytes.ToArray();
    }

    private static BundleManifest Manifest(FlowDefinition flow, IReadOnlyList<FlowFileEntry> contents) =>
        new("flows-bundle", 1, [new BundledFlow(flow.DefinitionId, flow.Name, flow.Version)], contents);

    private static void WriteText(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}

/// <param name="Version">Of the bundle's layout.</param>
internal sealed record BundleManifest(string Format, int Version, IReadOnlyList<BundledFlow> Flows, IReadOnlyList<FlowFileEntry> Files);

internal sealed record BundledFlow(string DefinitionId, string Name, int Version);
