using System.Text.Json;
using Bunit;
using Flows.Contract;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

public sealed class UnsavedDraftsTests
{
    [Fact]
    public async Task What_one_person_left_in_a_browser_is_not_merged_into_the_next_ones_flow()
    {
        await using var browser = new BunitContext();
        var left = JsonSerializer.Serialize(new UnsavedDraft("{}", null, """{"definitionId":"shared"}"""), ContractJson.Options);
        var module = browser.JSInterop.SetupModule("./js/unsaved.js");
        module.Setup<string?>("take", "flows-unsaved/eve/shared/").SetResult(left);
        module.Setup<string?>("take", "flows-unsaved/adam/shared/").SetResult(null);

        Assert.NotNull(await UnsavedDrafts.TakeAsync(browser.JSInterop.JSRuntime, "eve", "shared"));
        Assert.Null(await UnsavedDrafts.TakeAsync(browser.JSInterop.JSRuntime, "adam", "shared"));
    }
}
