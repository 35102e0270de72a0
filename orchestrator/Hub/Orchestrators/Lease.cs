using Flows.Hub.Storage;

namespace Flows.Hub.Orchestrators;

/// <summary>
/// This orchestrator's right to own runs: held while its signs of life reach the database in time. It ends here, by this
/// machine's steady clock, before another one may take the runs over, by the database's.
/// </summary>
/// <remarks>
/// One that knows to be the only orchestrator keeps it while the database is away: there is nobody to take its runs, and
/// a restart of PostgreSQL should not cost it every running step.
/// </remarks>
public sealed class Lease : BackgroundService
{
    // What is left of the time for ending steps before others begin them.
    private const double Margin = 0.8;

    private readonly Register _register;
    private readonly OrchestratorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Lease> _log;
    private CancellationTokenSource _term = new();
    private long _renewed;
    private long _steadySince;
    private bool _isAlone;

    public Lease(Register register, HubOptions options, TimeProvider time, ILogger<Lease> log)
    {
        (_register, _options, _time, _log) = (register, options.Orchestrators, time, log);
    }

    /// <summary>Cancelled when the lease is lost; another one after it is regained.</summary>
    public CancellationToken Term => Volatile.Read(ref _term).Token;

    public bool IsHeld => !Term.IsCancellationRequested;

    /// <summary>No other orchestrator was alive when it was renewed last.</summary>
    public bool IsAlone => Volatile.Read(ref _isAlone);

    /// <summary>
    /// Whether signs of life have come through for as long as it takes to be dead: then the others had the same chance,
    /// and silence is their own. After a restart of the database it is not so at once.
    /// </summary>
    public bool MayJudge => IsHeld && _time.GetElapsedTime(Volatile.Read(ref _steadySince)) >= _options.DeadAfter;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        await _register.EnterAsync(cancellation);
        _renewed = _steadySince = _time.GetTimestamp();
        if (_register.IsShared) await base.StartAsync(cancellation);
    }

    public override async Task StopAsync(CancellationToken cancellation)
    {
        await base.StopAsync(cancellation);
        try { await _register.LeaveAsync(cancellation).WaitAsync(_options.Heartbeat * 2, _time, cancellation); }
        catch (Exception broken) when (broken is TimeoutException or OperationCanceledException || PassingFault.Is(broken)) { /* it will be found dead */ }
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(_options.Heartbeat, _time);
        Task<SignOfLife>? sign = null;
        var sent = _time.GetTimestamp();
        do
        {
            if (sign is null) (sent, sign) = (_time.GetTimestamp(), _register.RenewAsync(stopping));
            await Task.WhenAny(sign, Task.Delay(_options.Heartbeat, _time, stopping));
            if (sign.IsCompletedSuccessfully) Renewed(sent, sign.Result);
            if (sign.IsCompleted) sign = Quiet(sign);
            if (IsHeld && !_isAlone && _time.GetElapsedTime(_renewed) > _options.DeadAfter * Margin) Lose("its signs of life did not reach the database in time");
        }
        while (await NextAsync(tick, stopping));
    }

    private void Renewed(long sent, SignOfLife sign)
    {
        if (sign.SinceLast is not { } since || (since > _options.DeadAfter && !_isAlone)) Lose("the others took it for dead");
        if (_time.GetElapsedTime(_renewed) > _options.Heartbeat * 3) _steadySince = sent;
        (_renewed, _isAlone) = (sent, sign.Others == 0);
        if (IsHeld) return;
        Volatile.Write(ref _term, new CancellationTokenSource());
        _log.LogWarning("This orchestrator has its lease again");
    }

    private void Lose(string why)
    {
        if (!IsHeld) return;
        _log.LogWarning("This orchestrator lets go of its runs: {Why}", why);
        _term.Cancel();
    }

    private static Task<SignOfLife>? Quiet(Task<SignOfLife> sign)
    {
        _ = sign.Exception;
        return null;
    }

    private static async Task<bool> NextAsync(PeriodicTimer tick, CancellationToken stopping)
    {
        try { return await tick.WaitForNextTickAsync(stopping); }
        catch (OperationCanceledException) { return false; }
    }
}
