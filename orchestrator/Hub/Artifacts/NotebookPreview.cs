using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Hub.Artifacts;

/// <summary>A notebook as a text that people read: what its cells say and what they gave; pictures are named.</summary>
internal static class NotebookPreview
{
    /// <summary>Largest notebook that is looked into, in bytes: pictures lie in it as text.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>Null for what is no notebook.</summary>
    public static async Task<string?> TextAsync(string path, string name, CancellationToken cancellation)
    {
        if (!name.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase) || new FileInfo(path).Length > MostBytes) return null;
        try
        {
            return JsonNode.Parse(await File.ReadAllBytesAsync(path, cancellation))?["cells"] is JsonArray cells ? Text(cells) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException) { return null; }
    }

    private static string Text(JsonArray cells)
    {
        var text = new StringBuilder();
        foreach (var cell in cells.OfType<JsonObject>())
        {
            var isCode = (string?)cell["cell_type"] == "code";
            if (isCode) text.Append($"In [{cell["execution_count"]?.ToString() ?? " "}]:\n");
            text.Append(Lines(cell["source"])).Append("\n\n");
            foreach (var output in (cell["outputs"] as JsonArray ?? []).OfType<JsonObject>()) text.Append(Output(output)).Append("\n\n");
            if (text.Length > ArtifactPreviews.TextBytes) break;
        }
        return text.Length <= ArtifactPreviews.TextBytes ? text.ToString() : text.ToString(0, ArtifactPreviews.TextBytes);
    }

    private static string Output(JsonObject output) => (string?)output["output_type"] switch
    {
        "stream" => Lines(output["text"]),
        "error" => $"{output["ename"]}: {output["evalue"]}",
        _ when output["data"] is JsonObject data => data.FirstOrDefault(pair => pair.Key.StartsWith("image/", StringComparison.Ordinal)).Key is { } picture ? $"({picture})" : Lines(data["text/plain"]),
        _ => "",
    };

    private static string Lines(JsonNode? text) => (text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "").TrimEnd();
}
