using Bunit;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Api;
using Flows.Designer.Canvas;
using Flows.Designer.Inspector;
using Flows.Tests.Designer;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Secrets;

/// <summary>The designer offers a secret where one may stand, by names that the server has.</summary>
public sealed class SecretPickerTests : BunitContext
{
    [Fact]
    public async Task A_secret_is_chosen_by_name_and_only_where_one_may_stand()
    {
        await using var hub = await TestHub.StartAsync();
        await SecretTests.PutAsync(hub, "github-token", "ghp_value");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new FlowsApi(hub.Http));
        var session = new EditorSession(Draft.Flow(), [.. ActivityCatalog.Of(typeof(Flows.Library.LibraryAssembly).Assembly).Descriptors]);
        session.Add(session.Catalog.Find("Elsa.SendHttpRequest")!, 0, 0);
        var form = Render<NodeForm>(parameters => parameters.Add(one => one.Session, session).Add(one => one.Node, session.Graph.Nodes.Single()));
        var id = session.Graph.Nodes.Single().Id;

        Assert.DoesNotContain("Secret", form.Find("[data-field-kind=method]").TextContent);
        form.Find("[data-field-kind=authorization]").Change("Secret");
        form.WaitForElement("[data-field=authorization] option[value=github-token]", TimeSpan.FromSeconds(30));
        await form.Find("[data-field=authorization]").ChangeAsync(new() { Value = "github-token" });

        var input = session.Draft.Find(id)!.Input("authorization")!;
        Assert.Equal((ExpressionTypes.Secret, "github-token"), (input.ExpressionType, (string?)input.Value));
    }
}
