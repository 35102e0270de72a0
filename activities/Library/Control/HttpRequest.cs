using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Library.Control;

/// <summary>The settings of an activity as a request; what cannot be sent is a fault that names the setting.</summary>
internal static class HttpRequest
{
    public static HttpRequestMessage Of(SendHttpRequest settings)
    {
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new ActivityFault($"The input 'url' must begin with http:// or https://, not '{settings.Url}'.");
        var request = new HttpRequestMessage(new HttpMethod(settings.Method.ToUpperInvariant()), address);
        if (settings.Content is { } content) request.Content = Body(content, settings.ContentType);
        if (!string.IsNullOrWhiteSpace(settings.Authorization)) Set(request, "Authorization", settings.Authorization);
        foreach (var (name, value) in settings.RequestHeaders ?? []) Set(request, name, Text(value));
        return request;
    }

    private static ByteArrayContent Body(JsonNode content, string? contentType)
    {
        var isText = content.GetValueKind() == JsonValueKind.String;
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes(isText ? content.GetValue<string>() : content.ToJsonString(ContractJson.Options)));
        var type = string.IsNullOrWhiteSpace(contentType) ? isText ? "text/plain; charset=utf-8" : "application/json" : contentType;
        body.Headers.ContentType = MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed : throw new ActivityFault($"The input 'contentType' is not a media type: '{type}'.");
        return body;
    }

    private static string Text(JsonNode? value) => value is JsonArray list ? string.Join(", ", list.Select(JsonReading.AsText)) : value.AsText() ?? "";

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        try
        {
            if (request.Headers.TryAddWithoutValidation(name, value)) return;
            request.Content?.Headers.Remove(name);
            request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        catch (FormatException broken)
        {
            throw new ActivityFault($"The header '{name}' cannot be sent: {broken.Message}", broken);
        }
    }
}
