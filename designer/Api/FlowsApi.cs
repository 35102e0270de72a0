using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Designer.Api;

/// <summary>The public HTTP API, typed. Every refusal is an <see cref="ApiProblem"/>.</summary>
public sealed partial class FlowsApi(HttpClient http)
{
    public Task<IReadOnlyList<ActivityDescriptor>> ActivitiesAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ActivityDescriptor>>("api/activities", cancellation);

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        await ReadAsync<T>(await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation), cancellation);

    private async Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellation) =>
        await ReadAsync<T>(await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = ToJson(body) }, cancellation), cancellation);

    private static HttpContent? ToJson(object? body) => body switch
    {
        null => null,
        HttpContent ready => ready,
        _ => JsonContent.Create(body, body.GetType(), options: ContractJson.Options),
    };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage answer;
        try { answer = await http.SendAsync(request, cancellation); }
        catch (HttpRequestException unreachable) { throw ApiProblem.Unreachable(unreachable); }
        if (!answer.IsSuccessStatusCode) throw await ApiProblem.ReadAsync(answer, cancellation);
        return answer;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellation) =>
        await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options, cancellation)
        ?? throw new ApiProblem(answer.StatusCode, "The server answered with nothing.");

    private static string Escape(string segment) => Uri.EscapeDataString(segment);
}
