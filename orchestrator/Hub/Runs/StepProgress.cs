using System.Collections.Concurrent;
using System.Globalization;
using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// How far steps say to be, shown wherever their runs live or are followed. It carries no truth and is written nowhere: other
/// orchestrators are told the latest of each step four times a second, and may miss it.
/// </summary>
public sealed class StepProgress(IServiceProvider services, RunStore store, Register register, Orchestrator self, Signals signals) : BackgroundService
{
    private const string Topic = "progress";

    // A signal carries at most 8,000 bytes.
    private const int MaxText = 500;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<(string Run, int Step), (double Share, string? Text)> _untold = [];

    /// <param name="share">0 to 1.</param>
    public void Tell(string runId, int step, double share, string? text)
    {
        Show(runId, step, share, text);
        if (register.IsShared) _untold[(runId, step)] = (share, text);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (!register.IsShared) return;
        using var told = signals.Listen(Topic);
        told.Told += Hear;
        using var tick = new PeriodicTimer(Pace);
        try
        {
            while (await tick.WaitForNextTickAsync(stopping))
            {
                if (!_untold.IsEmpty) await SendAsync().WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task SendAsync()
    {
        var news = new List<string>();
        foreach (var key in _untold.Keys)
        {
            if (!_untold.TryRemove(key, out var said)) continue;
            var text = said.Text is { Length: > MaxText } long_ ? long_[..MaxText] : said.Text;
            news.Add(string.Create(CultureInfo.InvariantCulture, $"{self.Id}/{key.Run}/{key.Step}/{said.Share}/{text}"));
        }
        try { await store.WriteAsync(db => news.ForEach(one => signals.Send(db, Topic, one))); }
        catch (Exception lost) when (PassingFault.Is(lost)) { /* there will be other news */ }
    }

    private void Hear(string said)
    {
        if (said.Split('/', 5) is not [var from, var run, var step, var share, var text] || from == self.Id) return;
        if (int.TryParse(step, CultureInfo.InvariantCulture, out var number) && double.TryParse(share, CultureInfo.InvariantCulture, out var done))
            Show(run, number, done, text.Length == 0 ? null : text);
    }

    private void Show(string runId, int step, double share, string? text)
    {
        if (services.GetRequiredService<RunHost>().Find(runId) is { } live) live.Progress(step, share, text);
        else services.GetRequiredService<Following>().Progress(runId, step, share, text);
    }
}
