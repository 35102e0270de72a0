using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Flows.Contract.Definitions;

/// <summary>Text of a flow file to JSON, with bounded memory and a sentence for whatever is wrong with it.</summary>
internal static class FlowText
{
    private static readonly JsonDocumentOptions Reading = new()
    {
        MaxDepth = ContractJson.MaxDepth,
        AllowTrailingCommas = true,
        // Two properties of one name would surface later, far from the file.
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
    };

    public static JsonNode? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new FlowFileException("The file is empty.");
        try
        {
            var parsed = JsonNode.Parse(text.TrimStart('\uFEFF'), documentOptions: Reading);
            // Half a surrogate pair parses, and throws when it is read: only escapes can hide one.
            if (text.Contains("\\ud", StringComparison.OrdinalIgnoreCase)) parsed?.ToJsonString(ContractJson.Options);
            return parsed;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FlowFileException(Sentence(broken), broken);
        }
    }

    /// <summary>Reads at most <paramref name="limit"/> bytes of UTF-8.</summary>
    public static async Task<string> ReadAsync(Stream stream, long limit, CancellationToken cancellation)
    {
        if (stream.CanSeek && stream.Length - stream.Position > limit) throw TooLarge(limit);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            if (bytes.Length + read > limit) throw TooLarge(limit);
            bytes.Write(buffer, 0, read);
        }
        return Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    public static FlowFileException TooLarge(long limit) => new($"The file is larger than {limit / (1024 * 1024)} MB: a flow file holds the flow, data belongs into files of its own.");

    private static string Decode(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes)
        ? Encoding.UTF8.GetString(bytes)
        : throw new FlowFileException("The file is not text in UTF-8, so it is not a flow file.");

    private static string Sentence(Exception broken)
    {
        var at = broken is JsonException { LineNumber: { } line } ? $" at line {line + 1}" : "";
        // The reader adds its own place, which counts from zero.
        var said = broken.Message.Split(" LineNumber:")[0];
        if (said.Contains("depth of", StringComparison.Ordinal)) return $"The file is nested more than {ContractJson.MaxDepth} levels deep{at}: that is not a flow.";
        if (said.Contains("end of data", StringComparison.Ordinal) || said.Contains("should be closed", StringComparison.Ordinal) || said.StartsWith("ZeroDepthAtEnd", StringComparison.Ordinal))
            return $"The file is cut off{at}: the JSON in it has no end. Export or download it again.";
        // In the browser the runtime carries no sentences, only their names.
        if (!said.Split(',')[0].Contains(' ')) said = "something is missing or does not belong there.";
        return $"The file cannot be read as JSON{at}: {said}";
    }
}
