using System.Collections.Concurrent;
using Flows.Hub.Storage;
using Flows.Tests.Support;

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

    private sealed class Passing : System.Data.Common.DbException
    {
        public override bool IsTransient => true;
    }
}
