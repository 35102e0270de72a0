using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// Takes up runs that nobody has: at the start those of an earlier process, later those of orchestrators that died or
/// handed theirs over. In batches, so that several heirs share them.
/// </summary>
internal sealed class RunSuccession(RunHost host, RunClaims claims, Lease lease, Register register, Signals signals, HubOptions options, ILogger<RunSuccession> log) : BackgroundService
{
    public const string Topic = "runs";

    // Runs of one's own that are not live here: left over from a claim whose answer was lost.
    private const int RoundsBetweenLooks = 10;

    private CancellationToken _term;
    private int _round;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        _term = lease.Term;
        await TakeAllAsync(cancellation);
        await base.StartAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (!register.IsShared) return;
        using var told = signals.Listen(Topic);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await told.WaitAsync(options.Orchestrators.Heartbeat, stopping);
                await RoundAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception broken) { Tell(broken); }
        }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        if (!lease.IsHeld) return;
        if (lease.Term != _term || ++_round % RoundsBetweenLooks == 0)
        {
            _term = lease.Term;
            await FindLostAsync(stopping);
            await register.ForgetAsync(stopping);
        }
        await TakeAllAsync(stopping);
    }

    private async Task TakeAllAsync(CancellationToken stopping)
    {
        while (await claims.TakeAsync(lease.MayJudge, stopping) is { Count: > 0 } rows)
        {
            await Task.WhenAll(rows.Select(host.TakeUpAsync));
            if (rows.Count < RunClaims.Batch) return;
        }
    }

    private async Task FindLostAsync(CancellationToken stopping)
    {
        foreach (var lost in (await claims.OwnAsync(stopping)).Where(id => host.Find(id) is null)) await host.TakeUpAgainAsync(lost);
    }

    private void Tell(Exception broken)
    {
        if (!PassingFault.Is(broken)) log.LogError(broken, "Runs without an owner could not be looked for");
    }
}
