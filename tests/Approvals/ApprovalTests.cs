using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Approvals;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Approvals;

/// <summary>Steps that ask people: what may be answered, by whom, once; through a restart and on both storages.</summary>
public sealed class ApprovalTests(PostgresServer postgres, SharedHub shared) : IClassFixture<SharedHub>
{
    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task A_question_outlives_the_server_and_its_answer_is_recorded(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        string run;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Flow());
            run = await hub.StartRunAsync("asks");
            await OpenAsync(hub);
        }
        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);
        var asked = await OpenAsync(next);
        Assert.Equal(("Deploy it?", "ask", run), (asked.Question, asked.Title, asked.RunId));
        Assert.Equal(["Approved", "Rejected"], asked.Options);

        var answer = await AnswerAsync(next, asked.Id, new ApprovalAnswer { Answer = "approve", Comment = "looks good", By = "ada" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var record = await next.UntilAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(["yes"], record.Lines);
        var step = record.Steps.Single(step => step.ActivityId == "ask");
        Assert.Equal(("Approved", "ada", "looks good"), ((string)step.Outputs!["answer"]!, (string)step.Outputs["by"]!, (string)step.Outputs["comment"]!));
        var kept = await FindAsync(next, asked.Id);
        Assert.Equal((ApprovalState.Answered, "Approved", "ada", "looks good"), (kept.State, kept.Answer, kept.AnsweredBy, kept.Comment));
        Assert.NotNull(kept.AnsweredAt);
    }

    [Fact]
    public async Task An_answer_is_not_lost_when_the_server_dies_right_after_it()
    {
        var data = Directory.CreateTempSubdirectory("flows-approval-").FullName;
        string run;
        await using (var killed = await HubProcess.StartAsync(data))
        {
            await killed.Http.ImportFlowAsync(Flow());
            run = await killed.Http.StartRunAsync("asks");
            await killed.Http.UntilRunAsync(run, record => record.Bookmarks.Count == 1);
            await Eventually.TrueAsync(async () => (await OpenAsync(killed.Http)).Count == 1);
            var answer = await killed.Http.PostAsJsonAsync($"/api/approvals/{(await OpenAsync(killed.Http))[0].Id}", new ApprovalAnswer { Answer = "reject" }, ContractJson.Options);
            await killed.KillAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await using (var next = await HubProcess.StartAsync(data))
        {
            Assert.Equal(["no"], (await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).Lines);
        }
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Of_many_who_answer_at_once_one_is_heard_and_the_others_are_told_who()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow());
        var run = await hub.StartRunAsync("asks");
        var asked = await OpenAsync(hub);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AnswerAsync(hub, asked.Id, new ApprovalAnswer { Answer = i % 2 == 0 ? "approve" : "reject", By = $"person {i}" })));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        var refusal = await answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadAsStringAsync();
        Assert.Contains($"{(await FindAsync(hub, asked.Id)).AnsweredBy} answered", refusal);
        await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(hub, asked.Id, new ApprovalAnswer { Answer = "approve" })).StatusCode);
    }

    [Fact]
    public async Task Options_are_ways_out_and_the_form_is_checked_and_given_on()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow("""["small","large"]""", ("form", Json("""[{"name":"share","type":"Double","minimum":0,"maximum":1,"required":true},{"name":"why","type":"String"}]""")), ("answerers", Json("""["ada"]"""))));
        var run = await hub.StartRunAsync("asks");
        var asked = await OpenAsync(hub);

        Assert.Equal((HttpStatusCode.BadRequest, "must be one of small, large"), await RefusedAsync(hub, asked.Id, new ApprovalAnswer { Answer = "approve", By = "ada" }, "must be one of small, large"));
        Assert.Equal((HttpStatusCode.BadRequest, "'share' is missing."), await RefusedAsync(hub, asked.Id, new ApprovalAnswer { Choice = "large", By = "ada" }, "'share' is missing."));
        Assert.Equal((HttpStatusCode.BadRequest, "must be at most 1"), await RefusedAsync(hub, asked.Id, new ApprovalAnswer { Choice = "large", By = "ada", Form = new JsonObject { ["share"] = 7 } }, "must be at most 1"));
        Assert.Equal((HttpStatusCode.BadRequest, "no field 'shares'"), await RefusedAsync(hub, asked.Id, new ApprovalAnswer { Choice = "large", By = "ada", Form = new JsonObject { ["share"] = 1, ["shares"] = 1 } }, "no field 'shares'"));
        Assert.Equal((HttpStatusCode.Forbidden, "'bob' may not answer"), await RefusedAsync(hub, asked.Id, new ApprovalAnswer { Choice = "large", By = "bob", Form = new JsonObject { ["share"] = 0.5 } }, "'bob' may not answer"));
        Assert.True((await AnswerAsync(hub, asked.Id, new ApprovalAnswer { Choice = "large", By = "ada", Form = new JsonObject { ["share"] = 0.5 } })).IsSuccessStatusCode);

        var step = (await hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).Steps.Single(step => step.ActivityId == "ask");
        Assert.Equal(["large"], step.Outcomes);
        Assert.Equal(0.5, step.Outputs!["values"]!["share"]!.GetValue<double>());
    }

    [Fact]
    public async Task A_deadline_answers_by_default_or_is_a_fault()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(null, ("deadline", Some.Text("00:00:00.3")), ("defaultAnswer", Some.Text("Rejected"))));
        var answered = await hub.RunAsync("asks");
        await hub.ImportAsync(Flow(null, ("deadline", Some.Text("00:00:00.3"))));
        var faulted = await hub.RunAsync("asks");

        Assert.Equal(["no"], answered.Lines);
        Assert.Equal("Nobody answered before the deadline.", Assert.Single(faulted.Incidents).Message);
        await Eventually.TrueAsync(async () => (await AllAsync(hub)).All(approval => approval.State != ApprovalState.Open));
        Assert.Equal((ApprovalState.Overdue, "Rejected"), (await AllAsync(hub)).Where(one => one.RunId == answered.Id).Select(one => (one.State, one.Answer!)).Single());
    }

    [Fact]
    public async Task What_is_asked_in_vain_is_withdrawn_and_nothing_but_an_answer_resumes_it()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow());
        var run = await hub.StartRunAsync("asks");
        var asked = await OpenAsync(hub);

        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsJsonAsync($"/api/bookmarks/{asked.Id}/resume", new { input = "anything" })).StatusCode);
        Assert.Equal(RunSubStatus.Suspended, (await hub.RecordAsync(run)).SubStatus);
        await hub.Http.PostAsync($"/api/runs/{run}/cancel", null);
        await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        await Eventually.TrueAsync(async () => (await FindAsync(hub, asked.Id)).State == ApprovalState.Withdrawn);
        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(hub, asked.Id, new ApprovalAnswer { Answer = "approve" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AnswerAsync(hub, "none", new ApprovalAnswer { Answer = "approve" })).StatusCode);
        Assert.Equal(0, (await hub.Http.GetFromJsonAsync<JsonObject>("/api/approvals/count"))!["open"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("options", """["a","a"]""")]
    [InlineData("defaultAnswer", "\"Perhaps\"")]
    [InlineData("form", """[{"type":"String"}]""")]
    [InlineData("form", """[{"name":"a","type":"Colour"}]""")]
    public async Task A_question_that_cannot_be_answered_is_refused_when_it_is_published(string field, string json)
    {
        var hub = shared.Hub;

        var answer = await hub.Http.PostAsync("/api/flows/check", new StringContent(Flow(null, (field, Json(json))), System.Text.Encoding.UTF8, "application/json"));

        Assert.Contains((await answer.Content.ReadFromJsonAsync<JsonArray>())!, problem => ((string)problem!["code"]!, (string)problem["field"]!) == ("bad-approval", field));
    }

    private static string Flow(string? options = null, params (string, JsonNode)[] more)
    {
        (string, JsonNode)[] own = options is null ? more : [("options", Json(options)), .. more];
        var ask = Some.Activity("ask", "Flows.Approval", [("question", Some.Text("Deploy it?")), .. own]);
        var flow = JsonNode.Parse(Some.Chain("asks", ask))!;
        flow["root"]!["activities"]!.AsArray().Add(Some.Line("y", "yes"));
        flow["root"]!["activities"]!.AsArray().Add(Some.Line("n", "no"));
        flow["root"]!["connections"] = new JsonArray(Wire(options is null ? "Approved" : "small", "y"), Wire(options is null ? "Rejected" : "large", "n"));
        return flow.ToJsonString(ContractJson.Options);
    }

    private static JsonObject Wire(string port, string target) => new()
    {
        ["source"] = new JsonObject { ["activity"] = "ask", ["port"] = port },
        ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
    };

    private static JsonObject Json(string json) => new()
    {
        ["typeName"] = "Object",
        ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = JsonNode.Parse(json) },
    };

    private static async Task<Approval> OpenAsync(TestHub hub)
    {
        IReadOnlyList<Approval> open = [];
        await Eventually.TrueAsync(async () => (open = await OpenAsync(hub.Http)).Count > 0);
        return Assert.Single(open);
    }

    private static async Task<IReadOnlyList<Approval>> OpenAsync(HttpClient http) => (await http.GetFromJsonAsync<IReadOnlyList<Approval>>("/api/approvals", ContractJson.Options))!;

    private static async Task<IReadOnlyList<Approval>> AllAsync(TestHub hub) => (await hub.Http.GetFromJsonAsync<IReadOnlyList<Approval>>("/api/approvals?state=all", ContractJson.Options))!;

    private static async Task<Approval> FindAsync(TestHub hub, string id) => (await hub.Http.GetFromJsonAsync<Approval>($"/api/approvals/{id}", ContractJson.Options))!;

    private static Task<HttpResponseMessage> AnswerAsync(TestHub hub, string id, ApprovalAnswer answer) => hub.Http.PostAsJsonAsync($"/api/approvals/{id}", answer, ContractJson.Options);

    private static async Task<(HttpStatusCode, string)> RefusedAsync(TestHub hub, string id, ApprovalAnswer answer, string saying)
    {
        var refused = await AnswerAsync(hub, id, answer);
        var text = (await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>();
        return (refused.StatusCode, text.Contains(saying, StringComparison.Ordinal) ? saying : text);
    }
}
