using System.Collections.Concurrent;
using System.Text.Json;
using Flows.Contract;
using Flows.Engine;
using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// Hands the letters of this orchestrator's runs over: when it is told that there are some, and every second. A letter
/// is removed once the journal has its event; one that comes twice meets a step that is further already, and changes nothing.
/// </summary>
internal sealed class RunPostman(RunHost host, RunMail mail, Orchestrator self, Signals signals) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, byte> _underWay = [];

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var told = signals.Listen(RunMail.Topic);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await told.WaitAsync(Round, stopping);
                await HandOverAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception broken) when (PassingFault.Is(broken)) { /* the database is away: the next round finds the letters */ }
        }
    }

    private async Task HandOverAsync(CancellationToken stopping)
    {
        foreach (var letter in await mail.OfAsync(self.Id, [.. _underWay.Keys], stopping))
        {
            if (host.Find(letter.RunId) is { } run && _underWay.TryAdd(letter.Id, 0)) _ = HandOverAsync(run, letter);
        }
    }

    private async Task HandOverAsync(LiveRun run, RunMailRow letter)
    {
        try
        {
            var happened = JsonSerializer.Deserialize<RunEvent>(letter.Event, ContractJson.Options)!;
            if (await run.PostAsync(happened)) await mail.RemoveAsync(letter, happened);
        }
        catch (Exception broken) when (PassingFault.Is(broken) || broken is ObjectDisposedException) { /* it is handed over again */ }
        finally { _underWay.TryRemove(letter.Id, out _); }
    }
}
