using Flows.Contract.Runs;
using Flows.Tests.Support;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Runs;

public sealed class TwoHubsTests
{
    [Fact]
    public async Task Servers_of_one_process_carry_out_their_own_jobs_whichever_of_them_ends()
    {
        var hubs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TestHub.StartAsync())));
        var source = Some.Activity("s", "Flows.FileSource", ("path", Some.Text("none.csv")));
        foreach (var hub in hubs) await hub.ImportAsync(Some.Chain("job", source.DeepClone().AsObject()));

        Assert.Equal(4, hubs.Select(hub => hub.Services.GetRequiredService<JobStorage>()).Distinct().Count());
        Assert.Equal(4, hubs.Select(hub => hub.Services.GetRequiredService<JobActivator>()).Distinct().Count());
        foreach (var hub in hubs)
        {
            var run = await hub.RunAsync("job", wait: 60);
            Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
            await hub.DisposeAsync();
        }
    }
}
