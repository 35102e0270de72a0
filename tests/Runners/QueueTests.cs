using System.Collections.Concurrent;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Flows.Tests.Runners;

/// <summary>Hangfire's queues on PostgreSQL, as runners listen to them.</summary>
public sealed class QueueTests(PostgresServer postgres)
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Done = [];

    // Hangfire notes what becomes of a job under a lock that is a row: whoever is killed meanwhile leaves it.
    [Fact]
    public async Task A_lock_that_a_killed_process_left_holds_up_a_runners_only_worker_for_seconds()
    {
        var (storage, first, second) = (PostgresQueues.Open(await postgres.NewDatabaseAsync(), creates: true), NewJob(), NewJob());
        var client = new BackgroundJobClient(storage);
        var held = Enqueue(client, first);
        Enqueue(client, second);
        using var killed = storage.GetConnection();
        killed.AcquireDistributedLock($"job:{held}:state-lock", TimeSpan.FromSeconds(1));

        // An activator of its own: Hangfire's common one is that of whichever hub of this process was made last.
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { Queues = ["runner-one"], WorkerCount = 1, Activator = new JobActivator() }, storage);

        await Task.WhenAll(Done[first].Task, Done[second].Task).WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
    }

    private static string NewJob()
    {
        var job = Guid.NewGuid().ToString("N");
        Done[job] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return job;
    }

    private static string Enqueue(BackgroundJobClient client, string job) => client.Create(Job.FromExpression(() => Work.Finish(job)), new EnqueuedState("runner-one"));

    public static class Work
    {
        public static void Finish(string job) => Done[job].TrySetResult();
    }
}
