using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Designer.Api;

/// <summary>The public HTTP API, typed. Every refusal is an <see cref="ApiProblem"/>.</summary>
public sealed partial class FlowsApi(HttpClient http)
{
    private (string Tag, IReadOnlyList<ActivityDescriptor> All)? _activities;

    /// <summary>All that a flow can be drawn of. Read once, and again when the server has others: reading them takes longer than asking.</summary>
    public async Task<IReadOnlyList<ActivityDescriptor>> ActivitiesAsync(CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "api/activities");
        if (_activities is { } known) request.Headers.TryAddWithoutValidation("If-None-Match", known.Tag);
        var answer = await SendAsync(request, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotModified && _activities is { } still) return still.All;
        var all = await ReadAsync<IReadOnlyList<ActivityDescriptor>>(answer, cancellation);
        _activities = answer.Headers.ETag is { } tag ? (tag.ToString(), all) : null;
        return all;
    }

    /// <summary>The same client of another server, knowing what this one knows.</summary>
    internal FlowsApi On(HttpMessageHandler server) => new(new HttpClient(server) { BaseAddress = http.BaseAddress }) { _activities = _activities };

    /// <summary>As everywhere, but quick at what comes by the thousand.</summary>
    internal static JsonSerializerOptions Reading { get; } = Ready(new(ContractJson.Options) { Converters = { new StepReading() } });

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        var asked = SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        // How the answer is to be read is found out while the server makes it.
        Reading.GetTypeInfo(typeof(T));
        return await ReadAsync<T>(await asked, cancellation);
    }

    private static JsonSerializerOptions Ready(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

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
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NotModified) throw await ApiProblem.ReadAsync(answer, cancellation);
        return answer;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellation) =>
        await answer.Content.ReadFromJsonAsync<T>(Reading, cancellation)
        ?? throw new ApiProblem(answer.StatusCode, "The server answered with nothing.");

    private static string Escape(string segment) => Uri.EscapeDataString(segment);
}
