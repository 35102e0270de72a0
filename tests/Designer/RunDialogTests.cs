using System.Text.Json.Nodes;
using Bunit;
using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class RunDialogTests : BunitContext
{
    public RunDialogTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_parameter_that_cannot_be_is_told_beside_its_field_and_nothing_starts()
    {
        var (flow, started) = (Draft.Flow(), new List<JsonObject>());
        flow.Json["inputs"] = new JsonArray(
            new JsonObject { ["name"] = "depth", ["type"] = "Int32" }, new JsonObject { ["name"] = "share", ["type"] = "Double" },
            new JsonObject { ["name"] = "who", ["type"] = "String" }, new JsonObject { ["name"] = "dry", ["type"] = "Boolean" }, new JsonObject { ["name"] = "unset", ["type"] = "String" });
        var dialog = Render<RunDialog>(dialog => dialog.Add(d => d.Open, true).Add(d => d.Flow, flow).Add(d => d.Start, inputs => started.Add(inputs)));

        dialog.Find("[data-field=run-depth]").Change("2.5");
        dialog.Find("[data-field=run-share]").Change("half");
        dialog.Find("[data-field=run-who]").Change("7");
        dialog.Find("[data-field=run-dry]").Change("true");
        dialog.Find("[data-action=run-confirm]").Click();
        Assert.Equal(["A whole number is needed.", "'half' is not a number."], dialog.FindAll(".field-problem").Select(problem => problem.TextContent));
        Assert.Empty(started);

        dialog.Find("[data-field=run-depth]").Change("2");
        dialog.Find("[data-field=run-share]").Change(".5");
        dialog.Find("[data-action=run-confirm]").Click();

        Assert.Equal("""{"depth":2,"share":0.5,"who":"7","dry":true}""", Assert.Single(started).ToJsonString());
    }
}
