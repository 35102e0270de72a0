using Flows.Hub.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Backfills;

/// <summary>Does the rounds: whenever a run ends or a backfill changes, and by the clock for what other orchestrators do.</summary>
public sealed class BackfillLoop(BackfillRounds rounds, RunStore runs, TimeProvider time, ILogger<BackfillLoop> log) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // Never disposed: the clock may ring once more while the server ends.
    private readonly SemaphoreSlim _woken = new(0);

    public void Wake()
    {
        if (_woken.CurrentCount == 0) _woken.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        runs.Ended += OnEnded;
        using var clock = time.CreateTimer(_ => Wake(), null, Longest, Longest);
        try
        {
            while (true)
            {
                await _woken.WaitAsync(stopping);
                while (await LookAsync(stopping)) { }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally { runs.Ended -= OnEnded; }
    }

    private void OnEnded(string run)
    {
        if (rounds.HasOpen) Wake();
    }

    private async Task<bool> LookAsync(CancellationToken stopping)
    {
        try { return await rounds.LookAsync(stopping); }
        catch (Exception broken) when (PassingFault.Is(broken)) { log.LogDebug(broken, "The database is away"); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Backfills could not go on"); }
        return false;
    }
}
