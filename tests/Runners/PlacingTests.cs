using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Runners;

/// <summary>How a server that is alone on its storage brings jobs to its own runner.</summary>
public sealed class PlacingTests
{
    [Fact]
    public async Task A_job_is_placed_by_the_commit_that_writes_it_down_and_handed_over_without_a_queue()
    {
        using var commands = new Commands();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Capacity = 2 });
        await hub.ImportAsync(Some.Chain("jobs", RunnerSite.Probe("a", 0), RunnerSite.Probe("b", 0), RunnerSite.Probe("c", 0)));
        commands.Folder = hub.Data;

        var run = await hub.RunAsync("jobs");

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        var (written, placed) = (commands.Of("INSERT INTO \"step_jobs\""), commands.Of("UPDATE \"step_jobs\""));
        Assert.Equal(3, written.Count);
        Assert.Equal(written, placed);
        Assert.Equal(0, hub.Services.GetRequiredService<JobStorage>().GetMonitoringApi().GetStatistics().Succeeded);
    }

    [Fact]
    public async Task A_job_that_finds_no_place_is_placed_by_the_commit_that_frees_one()
    {
        using var commands = new Commands();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Capacity = 1 });
        await hub.ImportAsync(RunnerSite.AtOnce("jobs", RunnerSite.Probe("a", 0.2), RunnerSite.Probe("b", 0.2)));
        commands.Folder = hub.Data;

        var run = await hub.RunAsync("jobs");

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.All(commands.Of("UPDATE \"step_jobs\""), transaction => Assert.Contains(transaction, commands.Of("INSERT INTO \"step_jobs\"").Concat(commands.Of("DELETE FROM \"step_jobs\""))));
    }

    /// <summary>What is said to the database in one data folder, and in which transaction. Made before its server: EF asks who listens once a second only.</summary>
    private sealed class Commands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentQueue<(string Text, DbTransaction? Transaction)> _said = [];
        private readonly ConcurrentBag<IDisposable> _subscribed = [];

        public Commands() => _subscribed.Add(DiagnosticListener.AllListeners.Subscribe(this));

        /// <summary>Nothing is noted before it is set.</summary>
        public string? Folder { get; set; }

        /// <summary>The transactions of commands that begin so; null where there was none.</summary>
        public IReadOnlyList<DbTransaction?> Of(string beginning) => [.. _said.Where(one => one.Text.StartsWith(beginning, StringComparison.Ordinal)).Select(one => one.Transaction)];

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name) _subscribed.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (Folder is { } folder && value.Value is CommandExecutedEventData { Command: var command } && command.Connection!.DataSource.StartsWith(folder, StringComparison.Ordinal)) _said.Enqueue((command.CommandText, command.Transaction));
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void Dispose()
        {
            foreach (var one in _subscribed) one.Dispose();
        }
    }
}
