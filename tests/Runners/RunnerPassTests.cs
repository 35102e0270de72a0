using Flows.Contract.Runs;
using Flows.Hub.Runners;
using Flows.Tests.Hardships;
using Flows.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Flows.Tests.Runners;

/// <summary>A runner shows a pass for its own name, good for an hour.</summary>
public sealed class RunnerPassTests
{
    private readonly JumpingClock _clock = new();

    [Fact]
    public void A_pass_is_good_for_its_name_until_its_hour_is_over()
    {
        var passes = Passes("token");
        var pass = passes.Of("north");

        Assert.Equal("north", passes.RunnerOf(pass));
        _clock.Jump(RunnerPasses.Life - TimeSpan.FromMinutes(1));
        Assert.Equal("north", passes.RunnerOf(pass));
        _clock.Jump(TimeSpan.FromMinutes(2));
        Assert.Null(passes.RunnerOf(pass));
    }

    [Fact]
    public void Whoever_changes_a_pass_has_none_and_neither_has_anybody_once_the_runner_token_is_another()
    {
        var pass = Passes("token").Of("north");
        var parts = pass.Split('.');
        var later = long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) + 3600;

        Assert.Equal("north", Passes("token").RunnerOf(pass));
        Assert.All(
            [$"runner.south.{parts[2]}.{parts[3]}", $"runner.north.{later}.{parts[3]}", $"runner.north.{parts[2]}.{new string('0', 64)}", $"runner.north.{parts[2]}", "runner.north.x.y", pass + ".x", ""],
            text => Assert.Null(Passes("token").RunnerOf(text)));
        Assert.Null(Passes("another").RunnerOf(pass));
    }

    [Fact]
    public async Task A_runner_whose_pass_has_expired_gets_another_and_carries_on()
    {
        await using var site = await RunnerSite.StartAsync(clock: _clock);
        await site.RunnerAsync("steady");
        await site.Hub.ImportAsync(RunnerSite.AtOnce("later", RunnerSite.Probe("p", 0)));

        _clock.Jump(RunnerPasses.Life * 2);

        Assert.Equal(RunSubStatus.Finished, (await site.Hub.RunAsync("later")).SubStatus);
    }

    [Theory]
    [InlineData("local-vm", "runner-local-vm-")]
    [InlineData("Lab_7.example", "lab-7-example-")]
    [InlineData("a-machine-whose-name-has-more-letters-than-a-runner-may-have-in-its-own", "a-machine-whose-name-has-more-letters-th-")]
    public void Any_machines_runner_has_a_name_that_is_given_a_pass(string machine, string begins)
    {
        var name = MachineName.OfRunner("/data", machine);

        Assert.StartsWith(begins, name);
        Assert.Matches("^[a-z0-9-]{1,60}$", name);
        Assert.False(LocalRunnerName.IsServers(name));
    }

    // The token is in the settings: no folder is asked.
    private RunnerPasses Passes(string token) =>
        new(new RunnerToken(null!, new ConfigurationBuilder().AddInMemoryCollection([new("Runners:Token", token)]).Build()), _clock);
}
