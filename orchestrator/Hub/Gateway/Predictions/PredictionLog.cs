using System.Threading.Channels;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Gateway.Predictions;

/// <summary>
/// Writes down what deployments answered, many in one transaction and beside the answers: they do not wait for the disk. When the disk
/// is slower than they come, they wait for it. A server that is killed loses what it answered in its last moments, some milliseconds.
/// </summary>
internal sealed class PredictionLog(RunStore store, IDbContextFactory<FlowsDb> databases, IOptions<PredictionOptions> options, TimeProvider time, ILogger<PredictionLog> log) : BackgroundService
{
    private const int MostAtOnce = 500;
    private const int MostWaiting = 20_000;

    private readonly Channel<PredictionRow> _waiting = Channel.CreateBounded<PredictionRow>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>It will be written soon.</summary>
    public ValueTask AddAsync(PredictionRow row) => options.Value.KeepDays == 0 || _waiting.Writer.TryWrite(row) ? ValueTask.CompletedTask : _waiting.Writer.WriteAsync(row);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var pruning = PruneAsync(stopping);
        using var end = stopping.Register(() => _waiting.Writer.TryComplete());
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None)) await WriteAsync();
        await pruning;
    }

    private async Task WriteAsync()
    {
        var rows = new List<PredictionRow>();
        while (rows.Count < MostAtOnce && _waiting.Reader.TryRead(out var row)) rows.Add(row);
        try { await store.WriteAsync(db => db.AddRange(rows)); }
        catch (Exception broken) { log.LogError(broken, "{Count} predictions could not be written down", rows.Count); }
    }

    private async Task PruneAsync(CancellationToken stopping)
    {
        try
        {
            using var tick = new PeriodicTimer(TimeSpan.FromHours(1), time);
            while (await tick.WaitForNextTickAsync(stopping)) await PruneAsync(time.GetUtcNow().AddDays(-options.Value.KeepDays), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        catch (Exception broken) { log.LogWarning(broken, "Old predictions could not be removed"); }
    }

    private async Task PruneAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        const int portion = 5_000;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        int removed;
        do
        {
            var old = db.Set<PredictionRow>().IgnoreQueryFilters().Where(row => row.At < before).OrderBy(row => row.At).Select(row => row.Seq).Take(portion);
            removed = await db.Set<PredictionRow>().IgnoreQueryFilters().Where(row => old.Contains(row.Seq)).ExecuteDeleteAsync(cancellation);
        }
        while (removed == portion);
    }
}
