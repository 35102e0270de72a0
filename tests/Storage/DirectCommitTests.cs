using System.Collections.Concurrent;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Storage;

/// <summary>Who commits: the writer's thread, or whoever adds something while nothing else is under way.</summary>
public sealed class DirectCommitTests
{
    // Other tests use the thread pool too: now and then it has nothing to do.
    [Fact]
    public async Task Whoever_adds_something_while_nothing_else_is_under_way_commits_it_himself()
    {
        var committer = 0;
        await using var writer = new GroupCommit<int>("test", _ => committer = Environment.CurrentManagedThreadId, isDirect: true);

        await Eventually.TrueAsync(() => writer.AddAsync(1).IsCompletedSuccessfully && committer == Environment.CurrentManagedThreadId, "committed by the one who added it");
    }

    [Fact]
    public async Task What_passes_is_waited_out_by_the_writers_thread()
    {
        var committers = new ConcurrentQueue<Thread>();
        await using var writer = new GroupCommit<int>("patient", _ =>
        {
            committers.Enqueue(Thread.CurrentThread);
            if (committers.Count < 3) throw new Passing();
        }, isDirect: true);

        await writer.AddAsync(1);

        Assert.Equal("patient", committers.Last().Name);
        Assert.True(committers.Count == 3);
    }

    [Fact]
    public async Task A_refusal_is_told_to_whoever_commits_for_himself_as_to_anybody()
    {
        await using var writer = new GroupCommit<int>("test", _ => throw new InvalidOperationException("refused"), isDirect: true);

        for (var i = 0; i < 20; i++) Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(() => writer.AddAsync(1))).Message);
    }

    [Fact]
    public async Task What_is_added_in_the_midst_of_a_commit_is_not_committed_inside_it()
    {
        var (isInside, isNested, committer) = (false, false, 0);
        GroupCommit<bool>? writer = null;
        await using var made = writer = new GroupCommit<bool>("test", items =>
        {
            isNested |= isInside;
            if (items[0]) return;
            (isInside, committer) = (true, Environment.CurrentManagedThreadId);
            _ = writer!.AddAsync(true);
            isInside = false;
        }, isDirect: true);

        await Eventually.TrueAsync(() => writer.AddAsync(false).IsCompletedSuccessfully && committer == Environment.CurrentManagedThreadId, "committed by the one who added it");

        Assert.False(isNested);
    }

    // Rows of other projects are part of the same commit.
    [Fact]
    public async Task A_run_is_written_on_behalf_of_nobody_whoever_commits()
    {
        var folder = Directory.CreateTempSubdirectory("flows-direct-").FullName;
        await (await TestHub.StartAsync(folder)).DisposeAsync();
        var (committer, sight) = (0, (Sight?)null);
        await using (var store = new RunStore(new Databases(folder, () => (committer, sight) = (Environment.CurrentManagedThreadId, Sight.Current))))
        {
            var mine = new Sight("mine", "me", ["mine"]);
            using var own = mine.Enter();
            await Eventually.TrueAsync(() => store.MarkAsync(Row, RunStatus.Running, RunSubStatus.Executing).IsCompletedSuccessfully && committer == Environment.CurrentManagedThreadId, "committed by the one who added it");

            Assert.Same(Sight.Everything, sight);
            Assert.Same(mine, Sight.Current);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static RunRow Row { get; } = new() { Id = "run", DefinitionId = "f", DefinitionDigest = "f", Request = "{}", TokenHash = "" };

    private sealed class Databases(string folder, Action made) : IDbContextFactory<FlowsDb>
    {
        public FlowsDb CreateDbContext()
        {
            made();
            return new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite($"Data Source={Path.Combine(folder, "flows.db")};Pooling=false").Options);
        }
    }

    private sealed class Passing : System.Data.Common.DbException
    {
        public override bool IsTransient => true;
    }
}
