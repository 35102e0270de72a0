using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.ModelServer.Protocols;

/// <summary>Bodies in and out.</summary>
internal static class Bodies
{
    // Messages quote names: they read better unescaped, and the body is JSON, never HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<JsonDocument> ReadJsonAsync(this HttpContext http)
    {
        var document = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new RequestFault("the body must be a JSON object");
    }

    public static JsonElement? Field(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static async Task WriteJsonAsync(this HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json";
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain)) write(writer);
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    public static Task WriteJsonAsync(this HttpContext http, JsonNode json) => http.WriteJsonAsync(writer => json.WriteTo(writer));
}
