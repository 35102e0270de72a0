using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Designer;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace Flows.Tests.Browser;

/// <summary>One address of every page that the designer has, with something to show on it; a new page is missed here.</summary>
internal static partial class DesignerPages
{
    public static async Task<IReadOnlyList<string>> OfAsync(TestHub hub)
    {
        await hub.ImportAsync(Some.Chain("read", Some.Line("a", "x"), Some.Activity("b", "Flows.PythonScript"), Some.Line("c", "y")));
        await hub.ImportAsync(Some.Chain("ran", Some.Loop("loop", 30, Some.Line("a", "x")), Some.Activity("bad", "Elsa.Fault", ("message", Some.Text("the well is dry")))).WithInput("day"));
        var run = (await hub.RunAsync("ran")).Id;
        var stored = (string)(await (await hub.Http.PostAsync("/api/artifacts", new StringContent("a model"))).Content.ReadFromJsonAsync<JsonObject>())!["sha256"]!;
        await PostAsync(hub, "models", new ModelRegistration("digits", new Artifact(stored, "Model", "digits.onnx", 7)) { Description = "Reads digits.", Metrics = new Dictionary<string, double> { ["accuracy"] = 0.97 }, Aliases = ["champion"] });
        await hub.ImportAsync(Some.Chain("kept", Some.Activity("file", "Flows.FileSource", ("path", Some.Text("rows.csv"))),
            Some.Activity("keep", "Flows.RegisterDataSet", ("dataSetName", Some.Text("points")), ("data", FlowInput.Wrap("Object", ExpressionTypes.JavaScript, "getOutputFrom('file', 'Table')")))));
        (await hub.Http.PutAsync("/api/flows/kept/files/rows.csv", new StringContent("x,y\n1,2\n3,4\n"))).EnsureSuccessStatusCode();
        await hub.RunAsync("kept");
        var past = await PostAsync(hub, "backfills", new JsonObject { ["flow"] = "ran", ["input"] = "day", ["from"] = "2026-01-01", ["to"] = "2026-01-03" });
        string[] pages =
        [
            "", "flows/read", "runs", $"runs/{run}", $"runs/compare?a={run}&b={run}", "triggers", "backfills", $"backfills/{past["id"]}", "approvals", "library", "datasets", "datasets/points",
            "models", "models/digits", "deployments", "secrets", $"trace/run/{run}", $"report/run/{run}", "runners", "project", "people", "audit", "account", "nowhere",
        ];
        Assert.Empty(Templates().Where(template => !pages.Any(page => template.IsMatch("/" + page.Split('?')[0]))).Select(template => template.ToString()));
        return pages;
    }

    /// <summary>What a picture of the page is called: its address without what differs from run to run.</summary>
    public static string Name(string page) => page.Split('?')[0] switch { "" => "flows", "nowhere" => "nowhere", var path => OfOne().Replace(path, "-one") };

    private static IEnumerable<Regex> Templates() => typeof(App).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes(typeof(RouteAttribute), inherit: false).Cast<RouteAttribute>())
        .Where(route => route.Template != "/flows")
        .Select(route => new Regex("^" + Catch().Replace(Part().Replace(route.Template, "[^/]+"), ".+") + "$"));

    private static async Task<JsonObject> PostAsync<T>(TestHub hub, string path, T what)
    {
        var answer = await hub.Http.PostAsJsonAsync("/api/" + path, what, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    [GeneratedRegex(@"\{[^*}]+\}")]
    private static partial Regex Part();

    [GeneratedRegex(@"\{\*[^}]+\}")]
    private static partial Regex Catch();

    [GeneratedRegex("/(?!compare).+$")]
    private static partial Regex OfOne();
}
