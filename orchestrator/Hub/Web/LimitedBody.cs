namespace Flows.Hub.Web;

/// <summary>Reads a body into memory up to a limit, so that a huge one costs no more than that.</summary>
public static class LimitedBody
{
    /// <exception cref="RequestFault">413: the body is larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(Stream body, long limit, CancellationToken cancellation)
    {
        var kept = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (kept.Length + read > limit) throw new RequestFault($"The body is larger than {limit / (1024 * 1024)} MB.", StatusCodes.Status413PayloadTooLarge);
            kept.Write(buffer, 0, read);
        }
        return kept.ToArray();
    }

    /// <summary>Refuses by the announced length before reading anything.</summary>
    public static Task<byte[]> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation) => request.ContentLength > limit
        ? throw new RequestFault($"The body is larger than {limit / (1024 * 1024)} MB.", StatusCodes.Status413PayloadTooLarge)
        : ReadAsync(request.Body, limit, cancellation);
}
