using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Contract.Provenance.Graphs;
using Flows.Contract.Runs;
using Flows.Tests.Library;
using Flows.Tests.Support;

namespace Flows.Tests.Provenance;

/// <summary>A server on which the demo's flow ran once, from its raw CSV to a deployment that answered a question.</summary>
public sealed class TracedDigits : IAsyncLifetime
{
    /// <summary>The question's id: whoever asks may give one.</summary>
    public const string Question = "asked/by the demo";

    public const string Name = "provenance";

    public TestHub Hub { get; private set; } = null!;

    public RunRecord Run { get; private set; } = null!;

    /// <summary>Digest of the raw CSV file.</summary>
    public string Raw { get; private set; } = "";

    public ModelVersion Model { get; private set; } = null!;

    public string Deployment { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Hub = await TestHub.StartAsync();
        await Hub.ImportAsync(await File.ReadAllTextAsync(Path.Combine(LibraryFlows.Folder, "digits", "flow.json")));
        var raw = await File.ReadAllBytesAsync(Path.Combine(LibraryFlows.Folder, "digits", "digits.csv.gz"));
        Raw = Convert.ToHexStringLower(SHA256.HashData(raw));
        using var bytes = new ByteArrayContent(raw);
        (await Hub.Http.PutAsync("/api/flows/digits/files/digits.csv.gz", bytes)).EnsureSuccessStatusCode();
        Run = await Hub.RunAsync("digits", wait: 300);
        Assert.True(Run.SubStatus == RunSubStatus.Finished, string.Join('\n', Run.Incidents.Select(incident => incident.Message)));
        Deployment = OutputOf("Flows.DeployModel", "deployment")!.GetValue<string>();
        Model = (await Hub.Http.GetFromJsonAsync<ModelVersion>($"/api/models/{OutputOf("Flows.RegisterModel", "registeredName")}/versions/latest", ContractJson.Options))!;
        await AskAsync(Question);
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    /// <summary>Asks the deployment and waits until that is written down.</summary>
    public async Task AskAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/serve/{Deployment}/v1/models/{Deployment}:predict") { Content = JsonContent.Create(await Hub.Http.GetFromJsonAsync<JsonObject>($"/api/deployments/{Deployment}/example")) };
        request.Headers.Add("X-Request-Id", id);
        var answer = await Hub.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(async () => (await Hub.Http.GetAsync(Address(TraceKinds.Prediction, id))).IsSuccessStatusCode);
    }

    public async Task<Trace> TraceAsync(string kind, string id, string query = "") => await ReadAsync<Trace>(kind, id, query);

    public async Task<T> ReadAsync<T>(string kind, string id, string query = "")
    {
        var answer = await Hub.Http.GetAsync(Address(kind, id) + "?" + query);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options))!;
    }

    public static string Address(string kind, string id) => $"/api/trace/{kind}/{Uri.EscapeDataString(id)}";

    public async Task<Artifact> StoreAsync(string text, string name = "rows.csv") =>
        (await (await Hub.Http.PostAsync($"/api/artifacts?name={name}", new StringContent(text))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;

    private JsonNode? OutputOf(string type, string output) => Run.Steps.Last(step => step.ActivityType == type).Outputs![output];
}

[CollectionDefinition(TracedDigits.Name)]
public sealed class TracedDigitsCollection : ICollectionFixture<TracedDigits>;
