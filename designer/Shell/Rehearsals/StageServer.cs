using System.Net;
using System.Text;

namespace Flows.Designer.Shell.Rehearsals;

/// <summary>A server that has one flow and nothing else, in memory.</summary>
/// <param name="pause">Awaited before each answer.</param>
internal sealed class StageServer(string flow, string text, Func<Task> pause) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        await pause();
        return (request.Method.Method, request.RequestUri!.AbsolutePath) switch
        {
            ("GET", "/api/activities") => new HttpResponseMessage(HttpStatusCode.NotModified),
            ("GET", var path) when path == $"/api/flows/{flow}" => Answer(text),
            ("PUT", var path) when path == $"/api/flows/{flow}" => Answer($$"""{"definitionId":"{{flow}}","version":1,"eTag":"saved","problems":[],"updated":[]}"""),
            ("GET", _) => Answer("[]"),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private static HttpResponseMessage Answer(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
