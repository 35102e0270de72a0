using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Hub.Endpoints;

/// <summary>What an HttpEndpoint takes: its evaluated inputs.</summary>
internal sealed record EndpointSettings(JsonObject Inputs)
{
    /// <summary>Bytes of one request when the endpoint says nothing: 64 MB.</summary>
    public const long DefaultLimit = 64L * 1024 * 1024;

    public bool Authorize => Inputs.Flag("authorize");

    /// <summary>Longest time until the answer, at most ten minutes.</summary>
    public TimeSpan Timeout => TimeSpan.TryParse(Inputs["requestTimeout"].AsText(), CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero && span < Longest ? span : Longest;

    public long RequestLimit => Bytes("requestSizeLimit") ?? DefaultLimit;

    public long FileLimit => Bytes("fileSizeLimit") ?? long.MaxValue;

    public bool Exposes(string what) => Inputs.Flag($"expose{what}Outcome");

    /// <summary>Why the file's name or media type is not taken, as the outcome that Elsa has for it; null when it is.</summary>
    public HttpRefusal? Refuses(IFormFile file)
    {
        var extension = Path.GetExtension(file.FileName).TrimStart('.');
        if (file.Length > FileLimit) return HttpRefusal.FileTooLarge;
        if (Texts("blockedFileExtensions").Contains(extension, StringComparer.OrdinalIgnoreCase)) return HttpRefusal.FileExtension;
        if (Texts("allowedFileExtensions") is { Count: > 0 } extensions && !extensions.Contains(extension, StringComparer.OrdinalIgnoreCase)) return HttpRefusal.FileExtension;
        return Texts("allowedMimeTypes") is { Count: > 0 } types && !types.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase) ? HttpRefusal.FileMimeType : null;
    }

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private long? Bytes(string name) => Inputs[name].AsText() is { Length: > 0 } text && double.TryParse(text, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? (long)bytes : null;

    private IReadOnlyList<string> Texts(string name) => [.. Inputs.Texts(name).Select(text => text.Trim().TrimStart('.'))];
}

/// <summary>Something about a request that an endpoint does not take: an outcome of the flow where the endpoint exposes it, else a status.</summary>
internal sealed record HttpRefusal(string Exposed, string Outcome, int Status, string Message)
{
    public static readonly HttpRefusal RequestTooLarge = new("RequestTooLarge", "Request too large", StatusCodes.Status413PayloadTooLarge, "The request is larger than this endpoint takes.");

    public static readonly HttpRefusal FileTooLarge = new("FileTooLarge", "File too large", StatusCodes.Status413PayloadTooLarge, "A file is larger than this endpoint takes.");

    public static readonly HttpRefusal FileExtension = new("InvalidFileExtension", "Invalid file extension", StatusCodes.Status415UnsupportedMediaType, "This endpoint does not take files of that extension.");

    public static readonly HttpRefusal FileMimeType = new("InvalidFileMimeType", "Invalid file MIME type", StatusCodes.Status415UnsupportedMediaType, "This endpoint does not take files of that media type.");
}
