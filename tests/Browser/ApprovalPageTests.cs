using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A person is asked: the badge says so, and the page takes the form and the answer.</summary>
[Collection(SharedBrowser.Name)]
public sealed class ApprovalPageTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light")]
    public async Task A_question_is_answered_on_its_page_and_the_run_goes_on(string theme)
    {
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain("gate", Ask(), Some.Line("after", "deployed")));
        var run = await chromium.Hub.StartRunAsync("gate");
        await page.GoAsync("/approvals");
        await Assertions.Expect(page["[data-part=approval-badge]"]).ToHaveTextAsync("1", new() { Timeout = 20_000 });
        await page["[data-field='form.share']"].FillAsync("0.25");
        await page["[data-field=comment]"].FillAsync("a quarter first");
        await page.ShootAsync($"approvals-open-{theme}");
        await page["[data-answer=canary]"].ClickAsync();
        await Assertions.Expect(page["[data-approval=ask]"]).ToHaveCountAsync(0, new() { Timeout = 20_000 });

        var step = (await chromium.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).Steps.Single(step => step.ActivityId == "ask");
        Assert.Equal(("canary", "a quarter first", 0.25), ((string)step.Outputs!["answer"]!, (string)step.Outputs["comment"]!, step.Outputs["values"]!["share"]!.GetValue<double>()));
        await page["[data-tab=past]"].ClickAsync();
        await Assertions.Expect(page["[data-approval=ask]"]).ToContainTextAsync("a quarter first");
        await page.ShootAsync($"approvals-past-{theme}");
        await OnTheRunsPageAsync(page, theme);
        Assert.Empty(page.Errors);
    }

    private async Task OnTheRunsPageAsync(ObservedPage page, string theme)
    {
        var run = await chromium.Hub.StartRunAsync("gate");
        await page.GoAsync($"/runs/{run}");
        await page["[data-field='form.share']"].FillAsync("0.5");
        await page.ShootAsync($"run-asks-{theme}");
        await page["[data-answer=canary]"].ClickAsync();
        await Assertions.Expect(page["[data-node=ask]"]).ToHaveAttributeAsync("data-state", nameof(StepStatus.Completed), new() { Timeout = 20_000 });
    }

    private static JsonObject Ask() => Some.Activity("ask", "Flows.Approval",
        ("question", Some.Text("The challenger is 1.2 points better on the holdout.\nShall it answer real requests?")),
        ("about", Json("""{"accuracy": 0.964, "champion": 0.952}""")),
        ("options", Json("""["canary","all","no"]""")),
        ("form", Json("""[{"name":"share","type":"Double","label":"Share of requests","minimum":0,"maximum":1,"required":true},{"name":"reason","type":"String"},{"name":"notify","type":"Boolean","label":"Tell the team"}]""")),
        ("deadline", Some.Text("1.00:00:00")), ("defaultAnswer", Some.Text("no")));

    private static JsonObject Json(string json) => new()
    {
        ["typeName"] = "Object",
        ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = JsonNode.Parse(json) },
    };
}
