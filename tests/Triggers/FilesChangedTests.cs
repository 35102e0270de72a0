using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start when files change, with real folders.</summary>
public sealed class FilesChangedTests(PostgresServer postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-watched-").FullName;

    [Fact]
    public async Task A_file_that_comes_is_told_with_what_is_known_of_it_and_one_that_does_not_fit_is_not()
    {
        await using var hub = await TestHub.StartAsync();
        await WriteAsync("old.csv", "there before");
        await PublishAsync(hub, "getInput('file') + ' ' + getOutputFrom('on').files[0].change + ' ' + getOutputFrom('on').files[0].size", ("pattern", "*.csv"));

        await WriteAsync("new.txt", "no table");
        await WriteAsync("new.csv", "a,b");

        var run = Assert.Single(await hub.UntilRunsAsync("files", 1));
        Assert.Equal(("files changed", $"{_folder}/new.csv added 3"), (run.Trigger, Assert.Single(run.Lines)));
        await WriteAsync("old.csv", "changed");
        Assert.Equal($"{_folder}/old.csv changed 7", Assert.Single((await hub.UntilRunsAsync("files", 2))[1].Lines));
        Assert.InRange((await hub.TriggerAsync("files")).LagSeconds!.Value, 0, 10);
    }

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task What_changed_while_no_server_ran_is_found_at_the_next_start_and_nothing_twice(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await PublishAsync(hub, Names);
            await WriteAsync("one.csv", "1");
            await hub.UntilRunsAsync("files", 1);
        }
        await WriteAsync("two.csv", "2");
        await WriteAsync("three.csv", "3");
        File.Delete(Path.Combine(_folder, "one.csv"));

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        Assert.Equal(["one.csv", "three.csv,two.csv"], (await next.UntilRunsAsync("files", 2)).SelectMany(run => run.Lines));
        await WriteAsync("four.csv", "4");
        Assert.Equal("four.csv", Assert.Single((await next.UntilRunsAsync("files", 3))[2].Lines));
    }

    [Fact]
    public async Task A_file_counts_once_nothing_writes_to_it_any_more()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "getOutputFrom('on').files[0].size", ("settleSeconds", "0.6"));
        await using (var file = File.Create(Path.Combine(_folder, "big.csv")))
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            for (var i = 0; i < 10 && await tick.WaitForNextTickAsync(); i++)
            {
                file.Write(new byte[1000]);
                file.Flush();
            }
        }

        Assert.Equal("10000", Assert.Single(Assert.Single(await hub.UntilRunsAsync("files", 1)).Lines));
    }

    [Fact]
    public async Task Ten_thousand_changes_in_a_second_become_few_runs_that_tell_of_all()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "getOutputFrom('on').count", ("settleSeconds", "1"));

        Parallel.For(0, 10_000, i => File.WriteAllText(Path.Combine(_folder, $"{i}.csv"), "x"));

        List<RunRecord> runs = [];
        await Eventually.TrueAsync(async () => (runs = await hub.UntilRunsAsync("files", 1)).Sum(run => int.Parse(run.Lines[0])) >= 10_000, () => $"{runs.Count} runs tell of {runs.Sum(run => int.Parse(run.Lines[0]))}");
        Assert.Equal(10_000, runs.Sum(run => int.Parse(run.Lines[0])));
        Assert.InRange(runs.Count, 1, 5);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_the_triggers_error_and_is_watched_once_it_is()
    {
        await using var hub = await TestHub.StartAsync();
        var folder = Path.Combine(_folder, "later", "on");
        await hub.ImportAsync(TriggerCalls.Flow("files", TriggerCalls.Trigger("Flows.FilesChanged", ("path", folder), ("settleSeconds", "0.1"), ("pollSeconds", "0.5")), Names));
        await hub.UntilTriggerAsync("files", trigger => trigger.Error?.Contains("no folder") == true);

        Directory.CreateDirectory(folder);
        await hub.UntilTriggerAsync("files", trigger => trigger.Error is null);
        await File.WriteAllTextAsync(Path.Combine(folder, "first.csv"), "1");

        Assert.Equal("first.csv", Assert.Single(Assert.Single(await hub.UntilRunsAsync("files", 1)).Lines));
    }

    [Fact]
    public async Task Folders_below_count_when_the_pattern_says_so_and_what_is_removed_when_asked_for()
    {
        await using var hub = await TestHub.StartAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "a", "b"));
        await WriteAsync("a/b/deep.csv", "1");
        await PublishAsync(hub, "getOutputFrom('on').files.map(file => file.name + ' ' + file.change).join()", ("pattern", "**/*.csv"), ("removed", "true"));

        File.Delete(Path.Combine(_folder, "a/b/deep.csv"));

        Assert.Equal("a/b/deep.csv removed", Assert.Single(Assert.Single(await hub.UntilRunsAsync("files", 1)).Lines));
    }

    [Fact]
    public async Task Two_servers_see_a_change_once_and_the_one_that_stays_goes_on()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        using var other = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        await using var stays = await TestHub.StartAsync(other.Folder, storage.Options);
        await using (var goes = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await PublishAsync(goes, Names);
            await WriteAsync("one.csv", "1");
            await goes.UntilRunsAsync("files", 1);
        }
        await WriteAsync("two.csv", "2");

        Assert.Equal(["one.csv", "two.csv"], (await stays.UntilRunsAsync("files", 2)).SelectMany(run => run.Lines));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Names = "getOutputFrom('on').files.map(file => file.name).join()";

    // Published and looked at: what comes after this is a change.
    private async Task PublishAsync(TestHub hub, string script, params (string, string)[] more)
    {
        (string, string)[] settings = [("path", _folder), ("settleSeconds", "0.2"), ("pollSeconds", "2"), .. more];
        await hub.ImportAsync(TriggerCalls.Flow("files", TriggerCalls.Trigger("Flows.FilesChanged", [.. settings.Reverse().DistinctBy(setting => setting.Item1)]), script, "file"));
        await hub.UntilLookedAsync("files");
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder, name), text);
}
