using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Control;

/// <summary>An answer's body within a limit of size: JSON as JSON, everything else as text.</summary>
internal static class HttpAnswer
{
    public static async Task<JsonNode?> ReadAsync(HttpContent content, int megabytes, CancellationToken cancellation)
    {
        var limit = megabytes * 1024L * 1024;
        if (content.Headers.ContentLength > limit) throw TooLarge(megabytes);
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            if (bytes.Length + read > limit) throw TooLarge(megabytes);
            bytes.Write(buffer, 0, read);
        }
        return bytes.Length == 0 ? null : Parse(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), content.Headers.ContentType?.MediaType);
    }

    private static JsonNode? Parse(string text, string? mediaType)
    {
        if (mediaType is null || !mediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)) return JsonValue.Create(text);
        try { return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth, AllowDuplicateProperties = false }); }
        catch (JsonException) { return JsonValue.Create(text); }
    }

    private static ActivityFault TooLarge(int megabytes) => new($"The answer is larger than {megabytes} MB. Raise 'maxAnswer', or read it with a file source.");
}
