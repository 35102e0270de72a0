namespace Flows.Hub.Artifacts;

/// <summary>Media types by file name, and which of them a browser may show in place.</summary>
public static class MediaTypes
{
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = "text/csv",
        [".gz"] = "application/gzip",
        [".html"] = "text/html",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".json"] = "application/json",
        [".jsonl"] = "application/x-ndjson",
        [".log"] = "text/plain",
        [".md"] = "text/markdown",
        [".onnx"] = "application/vnd.onnx",
        [".parquet"] = "application/vnd.apache.parquet",
        [".png"] = "image/png",
        [".py"] = "text/x-python",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain",
        [".zip"] = "application/zip",
    };

    public static string Of(string name) => ByExtension.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");

    /// <summary>Pictures and plain text; everything else is offered for saving, since it could carry a script.</summary>
    public static bool IsShown(string mediaType) => mediaType is "image/png" or "image/jpeg" or "image/svg+xml" or "text/plain" or "text/csv" or "application/json";
}
