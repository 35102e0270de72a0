using Flows.Contract.Activities;

namespace Flows.Library.Data;

/// <summary>Fetches a web address into a folder, up to 4 GB.</summary>
internal static class Download
{
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    public static async Task<string> ToFolderAsync(Uri address, string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "download");
        try
        {
            using var answer = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode) throw new ActivityFault($"{address} answered {(int)answer.StatusCode} {answer.ReasonPhrase}.");
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            await using var file = File.Create(path);
            await CopyAsync(body, file, address, cancellation);
            return path;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new ActivityFault($"{address} could not be read: {broken.Message}", broken);
        }
    }

    private static async Task CopyAsync(Stream body, Stream file, Uri address, CancellationToken cancellation)
    {
        var buffer = new byte[128 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (file.Length + read > MaxBytes) throw new ActivityFault($"{address} is larger than {MaxBytes / (1024 * 1024 * 1024)} GB.");
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }
}
