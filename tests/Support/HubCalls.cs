using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;

namespace Flows.Tests.Support;

/// <summary>What tests ask of a server, in this process or another.</summary>
public static class HubCalls
{
    extension(HttpClient http)
    {
        /// <summary>Imports and publishes flow files.</summary>
        public async Task ImportFlowAsync(string json)
        {
            var answer = await http.PostAsync("/api/flows/import?publish=true", new StringContent(json, Encoding.UTF8, "application/json"));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        public async Task<string> StartRunAsync(string definitionId)
        {
            var answer = await http.PostAsJsonAsync($"/api/flows/{definitionId}/runs", new RunRequest(), ContractJson.Options);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
        }

        public Task UntilListedAsync(Func<JsonArray, bool> wanted) => Eventually.TrueAsync(async () => wanted((await http.GetFromJsonAsync<JsonArray>("/api/runs"))!));

        /// <summary>Reads the record until it is as wanted; fails after a minute with what it was last.</summary>
        public async Task<RunRecord> UntilRunAsync(string runId, Func<RunRecord, bool> wanted)
        {
            RunRecord? last = null;
            await Eventually.TrueAsync(
                async () => wanted(last = (await http.GetFromJsonAsync<RunRecord>($"/api/runs/{runId}", ContractJson.Options))!),
                () => $"the run stayed {last?.SubStatus}: {string.Join(' ', last?.Steps.Select(step => $"{step.ActivityId}:{step.Status}") ?? [])} {string.Join(' ', last?.Incidents ?? [])}");
            return last!;
        }
    }
}
