using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Hub.Access;
using Flows.Hub.Artifacts;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Flows.Hub.Endpoints;

/// <summary>Reads an HTTP request into what the flow sees: where it came to, headers, query, and its body parsed by its media type.</summary>
internal sealed class ReceivedRequest(HttpRequest request, EndpointSettings endpoint, ArtifactStore artifacts)
{
    /// <exception cref="RequestFault">413 or 415: the endpoint does not take it, and its flow has no way for that; 400: the body cannot be read.</exception>
    public async Task<JsonObject> ReadAsync(RouteValueDictionary route, CancellationToken cancellation)
    {
        var received = Facts(route);
        // The limit is held here: the server's own would cut the connection instead of answering.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        try
        {
            if (request.ContentLength > endpoint.RequestLimit) return Refused(received, HttpRefusal.RequestTooLarge);
            if (request.HasFormContentType) return await ReadFormAsync(received, cancellation);
            received["parsedContent"] = await ReadBodyAsync(cancellation);
            return received;
        }
        catch (Exception large) when (large is RequestFault { Status: 413 } or BadHttpRequestException { StatusCode: 413 })
        {
            return Refused(received, HttpRefusal.RequestTooLarge);
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException or ArgumentException)
        {
            throw new RequestFault($"The body cannot be read as {request.ContentType}: {broken.Message}");
        }
    }

    private JsonObject Facts(RouteValueDictionary route) => new()
    {
        ["method"] = request.Method,
        ["scheme"] = request.Scheme,
        ["host"] = request.Host.Value,
        ["path"] = request.Path.Value,
        ["queryString"] = request.QueryString.Value,
        ["contentType"] = request.ContentType,
        ["contentLength"] = request.ContentLength,
        ["caller"] = request.HttpContext.Actor() is { IsSignedIn: true } caller ? caller.Name : null,
        ["remoteIpAddress"] = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
        ["routeData"] = new JsonObject(route.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value?.ToString()))),
        ["queryStringData"] = Texts(request.Query),
        ["headers"] = Texts(request.Headers.Where(header => !string.Equals(header.Key, "Authorization", StringComparison.OrdinalIgnoreCase) && !string.Equals(header.Key, "Cookie", StringComparison.OrdinalIgnoreCase))),
    };

    private async Task<JsonNode?> ReadBodyAsync(CancellationToken cancellation)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        var isJson = type.EndsWith("json", StringComparison.Ordinal);
        if (!isJson && !type.StartsWith("text/", StringComparison.Ordinal) && !type.EndsWith("xml", StringComparison.Ordinal) && type.Length > 0)
            return await StoreAsync(await BytesAsync(cancellation), "body", type, cancellation);
        var bytes = await LimitedBody.ReadAsync(request.Body, endpoint.RequestLimit, cancellation);
        if (bytes.Length == 0) return null;
        return isJson ? JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }) : JsonValue.Create(Encoding.UTF8.GetString(bytes));
    }

    // A body that says its length has that length; any other is counted.
    private async Task<Stream> BytesAsync(CancellationToken cancellation) => request.ContentLength is not null
        ? request.Body
        : new MemoryStream(await LimitedBody.ReadAsync(request.Body, endpoint.RequestLimit, cancellation));

    private async Task<JsonObject> ReadFormAsync(JsonObject received, CancellationToken cancellation)
    {
        var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = endpoint.RequestLimit }, cancellation);
        received["parsedContent"] = Texts(form);
        var files = new JsonArray();
        foreach (var file in form.Files)
        {
            if (endpoint.Refuses(file) is { } refusal) return Refused(received, refusal);
            await using var bytes = file.OpenReadStream();
            files.Add(await StoreAsync(bytes, file.FileName, file.ContentType, cancellation));
        }
        if (files.Count > 0) received["files"] = files;
        return received;
    }

    private async Task<JsonNode?> StoreAsync(Stream bytes, string name, string? mediaType, CancellationToken cancellation)
    {
        var (sha256, size) = await artifacts.PutAsync(bytes, cancellation: cancellation);
        return size == 0 ? null : new Artifact(sha256, "File", Path.GetFileName(name), size) { MediaType = mediaType ?? "application/octet-stream" }.ToJson();
    }

    private JsonObject Refused(JsonObject received, HttpRefusal refusal)
    {
        if (!endpoint.Exposes(refusal.Exposed)) throw new RequestFault(refusal.Message, refusal.Status);
        received["outcome"] = refusal.Outcome;
        return received;
    }

    private static JsonObject Texts(IEnumerable<KeyValuePair<string, StringValues>> values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToString())));
}
