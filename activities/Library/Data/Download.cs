using Flows.Contract.Activities;
using Flows.Library.Network;

namespace Flows.Library.Data;

/// <summary>Fetches a web address into the step's folder, up to 4 GB.</summary>
internal static class Download
{
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    public static async Task<string> ToFolderAsync(Uri address, ActivityContext context, CancellationToken cancellation)
    {
        var path = Path.Combine(context.WorkFolder, "download");
        try
        {
            using var answer = await OutgoingRequests.By(context.Network).GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
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
