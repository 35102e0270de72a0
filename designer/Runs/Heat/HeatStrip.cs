using Flows.Contract.Runs;

namespace Flows.Designer.Runs.Heat;

/// <summary>What a loop or a fan-out did again and again, pass by pass: a square each, by its state and how long it took.</summary>
/// <param name="OwnerId">The activity that repeats it; null where a wire leads back and the chart itself does.</param>
/// <param name="Passes">In the order they began.</param>
public sealed record HeatStrip(string ActivityId, string? OwnerId, IReadOnlyList<StepRecord> Passes)
{
    /// <summary>Shades of a pass that completed, by its time.</summary>
    public const int Levels = 5;

    /// <summary>Time of each pass that ended by itself, shortest first.</summary>
    private readonly IReadOnlyList<TimeSpan> _times = [.. Passes.Where(pass => pass is { Status: StepStatus.Completed, Cached: false }).Select(Took).Order()];

    public int Failed => Passes.Count(pass => pass.Status == StepStatus.Faulted);

    public int Running => Passes.Count(pass => pass.Status is StepStatus.Running or StepStatus.Suspended);

    /// <summary>Null until a pass has ended.</summary>
    public TimeSpan? Median => _times.Count == 0 ? null : _times[_times.Count / 2];

    public TimeSpan? Longest => _times.Count == 0 ? null : _times[^1];

    /// <summary>
    /// A letter for each pass: a digit from 1 for one that completed, the longer it took the higher; F faulted, R running, S suspended,
    /// C cancelled, K cached or skipped, Q not begun.
    /// </summary>
    public string States() => string.Create(Passes.Count, this, (letters, strip) =>
    {
        for (var i = 0; i < letters.Length; i++) letters[i] = strip.Letter(strip.Passes[i]);
    });

    public static string Tone(char letter) => letter switch
    {
        'F' => "faulted",
        'R' => "running",
        'S' => "suspended",
        'C' => "cancelled",
        'K' => "cached",
        'Q' => "queued",
        _ => $"completed level-{letter}",
    };

    /// <summary>How a pass is said: which of how many, its state, its time.</summary>
    public string Say(int pass) => $"{pass + 1} of {Passes.Count}: {Passes[pass].Status.ToString().ToLowerInvariant()}{(Passes[pass].FinishedAt is null ? "" : $", {Controls.Say.Duration(Took(Passes[pass]))}")}";

    private char Letter(StepRecord pass) => pass switch
    {
        { Cached: true } or { Status: StepStatus.Skipped } => 'K',
        { Status: StepStatus.Completed } => (char)('1' + Level(Took(pass))),
        { Status: StepStatus.Faulted } => 'F',
        { Status: StepStatus.Running } => 'R',
        { Status: StepStatus.Suspended } => 'S',
        { Status: StepStatus.Canceled } => 'C',
        _ => 'Q',
    };

    // On a scale of ratios: what takes ten times as long stands out, whatever the unit.
    private int Level(TimeSpan took)
    {
        var (least, most) = (Math.Max(1, _times[0].TotalMilliseconds), Math.Max(1, _times[^1].TotalMilliseconds));
        if (most < least * 1.5) return 1;
        return Math.Clamp((int)(Math.Log(Math.Max(1, took.TotalMilliseconds) / least) / Math.Log(most / least) * Levels), 0, Levels - 1);
    }

    private static TimeSpan Took(StepRecord step) => step.FinishedAt - step.StartedAt ?? TimeSpan.Zero;
}
