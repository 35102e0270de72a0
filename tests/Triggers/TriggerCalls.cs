using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>What tests of triggers ask of a server.</summary>
internal static class TriggerCalls
{
    extension(TestHub hub)
    {
        public async Task<TriggerRecord> TriggerAsync(string flow) => Assert.Single((await hub.Http.GetFromJsonAsync<List<TriggerRecord>>($"/api/triggers?definitionId={flow}", ContractJson.Options))!);

        /// <summary>Newest first.</summary>
        public async Task<List<RunSummary>> RunsAsync(string flow) => (await hub.Http.GetFromJsonAsync<List<RunSummary>>($"/api/runs?definitionId={flow}", ContractJson.Options))!;

        public async Task<List<FireRecord>> FiresAsync(string flow, string trigger = "on") => (await hub.Http.GetFromJsonAsync<List<FireRecord>>($"/api/triggers/{flow}/{trigger}/fires", ContractJson.Options))!;

        public async Task<string> FireAsync(string flow, JsonNode? payload = null, string query = "")
        {
            var answer = await hub.Http.PostAsJsonAsync($"/api/triggers/{flow}/on/fire{query}", new FireRequest(payload), ContractJson.Options);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
        }

        /// <summary>Waits for so many runs of a flow, each over.</summary>
        public async Task<List<RunRecord>> UntilRunsAsync(string flow, int count)
        {
            List<RunSummary> runs = [];
            await Eventually.TrueAsync(async () => (runs = await hub.RunsAsync(flow)).Count >= count && runs.All(run => run.Status == RunStatus.Finished), () => $"{runs.Count} runs of '{flow}' instead of {count}: {string.Join(' ', runs.Select(run => run.SubStatus))}", 30);
            return [.. await Task.WhenAll(runs.OrderBy(run => run.Id).Select(run => hub.RecordAsync(run.Id)))];
        }

        /// <summary>Waits until a trigger has looked at what there is: what comes after that is a change.</summary>
        public Task UntilLookedAsync(string flow) => hub.UntilTriggerAsync(flow, trigger => trigger.IsWatching);

        public Task UntilTriggerAsync(string flow, Func<TriggerRecord, bool> wanted)
        {
            TriggerRecord? last = null;
            return Eventually.TrueAsync(async () => wanted(last = await hub.TriggerAsync(flow)), () => $"the trigger stayed {last}", 30);
        }
    }

    /// <summary>A flow that begins with a trigger and writes one line.</summary>
    public static string Flow(string id, JsonObject trigger, string script = "'it'", params string[] inputs)
    {
        var flow = JsonNode.Parse(Some.Chain(id, trigger, Some.Activity("line", "Elsa.WriteLine", ("text", FlowInput.Wrap("String", ExpressionTypes.JavaScript, script)))))!;
        flow["inputs"] = new JsonArray([.. inputs.Select(input => (JsonNode)new JsonObject { ["name"] = input, ["type"] = "Object" })]);
        return flow.ToJsonString(ContractJson.Options);
    }

    public static JsonObject Trigger(string type, params (string Name, string Value)[] settings) =>
        Some.Activity("on", type, [.. settings.Select(setting => (setting.Name, (JsonNode)Some.Text(setting.Value)))]);

    /// <summary>The same with what its storms are bounded by.</summary>
    public static JsonObject With(this JsonObject trigger, string customProperties)
    {
        trigger["customProperties"] = JsonNode.Parse(customProperties);
        return trigger;
    }
}
