using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Flows.Hub.Storage;

/// <summary>Tries again for about thirty seconds what failed by a fault that passes: a restart of PostgreSQL is a slow answer.</summary>
internal sealed class PatientStrategy(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 35, PassingFault.LongestPause)
{
    // Half a transaction cannot be tried again: whoever began it does that from its start.
    // So the first execution does not refuse one, as the base would.
    protected override void OnFirstExecution() => ExceptionsEncountered.Clear();

    protected override bool ShouldRetryOn(Exception exception) =>
        Dependencies.CurrentContext.Context.Database.CurrentTransaction is null && PassingFault.Is(exception);

    protected override TimeSpan? GetNextDelay(Exception lastException) =>
        base.GetNextDelay(lastException) is null ? null : PassingFault.Pause(ExceptionsEncountered.Count - 1);
}

/// <summary>Reading and then writing as if alone.</summary>
internal static class Transactions
{
    /// <summary>Runs the work in a serializable transaction, again from the start when another one got in between.</summary>
    public static async Task<T> InTransactionAsync<T>(this IDbContextFactory<FlowsDb> databases, Func<FlowsDb, Task<T>> work, CancellationToken cancellation)
    {
        await using var outer = await databases.CreateDbContextAsync(cancellation);
        return await outer.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            await using var db = await databases.CreateDbContextAsync(token);
            await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, token);
            var done = await work(db);
            await transaction.CommitAsync(token);
            return done;
        }, cancellation);
    }
}
