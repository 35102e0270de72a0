using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>Reads and writes flow files. A file that cannot be read is a <see cref="FlowFileException"/> with a sentence for its author.</summary>
public static class FlowFile
{
    /// <summary>Largest file that is read, in bytes: 64 MB.</summary>
    public const long MaxBytes = 64L * 1024 * 1024;

    /// <summary>Reads one definition or an array of them.</summary>
    /// <exception cref="FlowFileException">Not JSON, cut off, nested too deeply, too large, or not a workflow definition.</exception>
    public static IReadOnlyList<FlowDefinition> Read(string text)
    {
        if (text.Length > MaxBytes) throw FlowText.TooLarge(MaxBytes);
        return ReadNode(FlowText.Parse(text));
    }

    /// <summary>Reads a file or a request's body; never more than <see cref="MaxBytes"/> of it.</summary>
    /// <exception cref="FlowFileException">As for text, and for bytes that are not UTF-8.</exception>
    public static async Task<IReadOnlyList<FlowDefinition>> ReadAsync(Stream stream, CancellationToken cancellation = default) =>
        Read(await FlowText.ReadAsync(stream, MaxBytes, cancellation));

    public static FlowDefinition ReadOne(string text) => Read(text) is [var only]
        ? only
        : throw new FlowFileException("The file holds several definitions where one was expected.");

    /// <summary>The definition as a file: indented JSON, everything kept.</summary>
    public static string Write(FlowDefinition definition) => definition.Json.ToJsonString(ContractJson.Indented);

    private static IReadOnlyList<FlowDefinition> ReadNode(JsonNode? node) => node switch
    {
        JsonObject one => [Checked(one)],
        JsonArray many when many.Count > 0 => many.Select(item => item is JsonObject one
            ? Checked((JsonObject)one.DeepClone())
            : throw new FlowFileException("The array holds something that is not a workflow definition.")).ToList(),
        _ => throw new FlowFileException("The file is JSON but not a workflow definition: an object with a 'root' activity is expected."),
    };

    private static FlowDefinition Checked(JsonObject json) => json["root"] is JsonObject root && root.Text("type") is not null
        ? new FlowDefinition(json)
        : throw new FlowFileException("The file is JSON but not a workflow definition: it has no 'root' activity with a 'type'.");
}

/// <summary>A flow file that cannot be read; the message is for the file's author.</summary>
public sealed class FlowFileException(string message, Exception? cause = null) : Exception(message, cause);
