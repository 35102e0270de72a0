using System.Net.Http.Json;
using Bunit;
using Flows.Contract;
using Flows.Contract.Access;
using Flows.Contract.Models;
using Flows.Designer.Access;
using Flows.Designer.Api;
using Flows.Designer.Controls;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

public sealed class EnvironmentPartTests(SharedHub shared) : BunitContext, IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_field_that_is_left_before_the_one_before_it_is_saved_does_not_take_that_back()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new FlowsApi(shared.Hub.Http)).AddSingleton<Connection>().AddSingleton<Toasts>().AddSingleton(TimeProvider.System);
        (await shared.Hub.Http.PutAsJsonAsync("/api/environments/customers", new { role = "Owner" })).EnsureSuccessStatusCode();
        var part = Render<EnvironmentPart>(page => page.Add(p => p.MayChange, true));
        part.WaitForElement("[data-environment=customers]", TimeSpan.FromSeconds(30));
        var (role, groups) = (part.Find("[data-environment=customers] select"), part.Find("[data-environment=customers] [data-field=groups]"));

        await Task.WhenAll(role.ChangeAsync(new() { Value = "Editor" }), groups.ChangeAsync(new() { Value = "release" }));

        var kept = (await shared.Hub.Http.GetFromJsonAsync<List<DeploymentEnvironment>>("/api/environments", ContractJson.Options))!.Single(one => one.Name == "customers");
        Assert.Equal((Role.Editor, "release"), (kept.Role, Assert.Single(kept.Groups)));
    }
}
