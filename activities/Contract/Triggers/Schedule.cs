using System.Globalization;
using System.Text.Json.Nodes;
using Cronos;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Triggers;

/// <summary>What becomes of fires whose time passed while nobody could fire.</summary>
public enum Misfire
{
    /// <summary>One run for all of them, for the latest time.</summary>
    FireOnce,

    /// <summary>A run for each of them, at most <see cref="Schedule.MostMissed"/>, the latest.</summary>
    FireAll,

    /// <summary>None.</summary>
    Skip,
}

/// <summary>When a flow starts by the clock: a cron expression in a time zone, an interval, or one moment; without the days and times that are left out.</summary>
public sealed class Schedule
{
    /// <summary>Most missed fires that are made up for one by one.</summary>
    public const int MostMissed = 100;

    /// <summary>A fire that is later than this is a missed one.</summary>
    public static readonly TimeSpan Punctual = TimeSpan.FromSeconds(5);

    // Eleven days of every second; what lies further back is not counted one by one.
    private const int MostCounted = 1_000_000;

    // A schedule whose next times are all left out never comes.
    private const int MostLeftOut = 10_000;

    private readonly List<PolicyProblem> _problems = [];
    private readonly List<CronExpression> _leftOut = [];
    private readonly HashSet<DateOnly> _leftOutDays = [];
    private readonly CronExpression? _cron;
    private readonly TimeSpan? _interval;
    private readonly DateTimeOffset? _moment;

    private Schedule(string type, JsonObject inputs)
    {
        Zone = ZoneOf(inputs.Text("timeZone"));
        Misfire = MisfireOf(type, inputs.Text("misfire"));
        var (cron, interval) = (Given(inputs, type == Schedules.Cron ? "cronExpression" : "cron"), Given(inputs, "interval"));
        if (type == Schedules.Moment) _moment = MomentOf(Given(inputs, "dateTime"));
        else if (cron is not null && interval is not null) Wrong("interval", "must be empty where a cron expression is given", "Keep one of the two.");
        else if (cron is not null) _cron = CronOf(type == Schedules.Cron ? "cronExpression" : "cron", cron);
        else if (interval is not null) _interval = IntervalOf(interval);
        else Wrong(type == Schedules.Timer ? "interval" : "cron", "is missing", "Say when: a cron expression such as 0 6 * * MON-FRI, or an interval such as 00:15:00.");
        foreach (var text in Texts(inputs["except"])) LeaveOut(text);
    }

    public TimeZoneInfo Zone { get; }

    public Misfire Misfire { get; }

    public IReadOnlyList<PolicyProblem> Problems => _problems;

    /// <param name="inputs">The trigger's evaluated inputs.</param>
    public static Schedule Of(string activityType, JsonObject inputs) => new(activityType, inputs);

    /// <summary>The first time after another one; null when there is none.</summary>
    /// <param name="since">Where intervals are counted from.</param>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset since)
    {
        if (_problems.Count > 0) return null;
        for (var tries = 0; tries < MostLeftOut; tries++)
        {
            if (Following(after, since) is not { } next) return null;
            if (!IsLeftOut(next)) return next;
            after = next;
        }
        return null;
    }

    /// <summary>What is to fire now that a time has come, and when the next one is.</summary>
    /// <param name="due">The time that has come.</param>
    public DueFires Due(DateTimeOffset due, DateTimeOffset since, DateTimeOffset now)
    {
        if (now - due <= Punctual) return new DueFires([due], Next(due, since), 0);
        var (missed, count, at) = (new Queue<DateTimeOffset>(), 0, (DateTimeOffset?)due);
        for (; at <= now && count < MostCounted; at = Next(at.Value, since))
        {
            count++;
            missed.Enqueue(at.Value);
            if (missed.Count > MostMissed) missed.Dequeue();
        }
        if (at <= now) at = Next(now, since);
        IReadOnlyList<DateTimeOffset> fires = Misfire switch { Misfire.Skip => [], Misfire.FireOnce => [missed.Last()], _ => [.. missed] };
        return new DueFires(fires, at, count - fires.Count);
    }

    private DateTimeOffset? Following(DateTimeOffset after, DateTimeOffset since)
    {
        if (_cron is not null) return _cron.GetNextOccurrence(after, Zone)?.ToUniversalTime();
        if (_moment is { } moment) return moment > after ? moment : null;
        if (_interval is not { } interval) return null;
        var passed = after < since ? 0 : (after - since).Ticks / interval.Ticks;
        return since.AddTicks((passed + 1) * interval.Ticks);
    }

    private bool IsLeftOut(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        if (_leftOutDays.Contains(DateOnly.FromDateTime(local.DateTime))) return true;
        var minute = at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMinute));
        return _leftOut.Any(cron => cron.GetNextOccurrence(minute.AddTicks(-1), Zone) is { } match && match < minute.AddMinutes(1));
    }

    private void LeaveOut(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) _leftOutDays.Add(day);
        else if (CronOf("except", text) is { } cron) _leftOut.Add(cron);
    }

    private CronExpression? CronOf(string field, string text)
    {
        try
        {
            var format = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
            return CronExpression.Parse(text, format);
        }
        catch (CronFormatException broken)
        {
            Wrong(field, $"cannot be read as a cron expression ('{text}'): {broken.Message}", field == "except" ? "Write a day such as 2026-12-25, or a cron expression of the times to leave out." : "Write 5 fields (minute hour day month weekday), or 6 with seconds first.");
            return null;
        }
    }

    private TimeSpan? IntervalOf(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= TimeSpan.FromSeconds(1)) return span;
        Wrong("interval", $"must be a duration of at least a second such as 00:15:00, not '{text}'", "Write hours:minutes:seconds.");
        return null;
    }

    private DateTimeOffset? MomentOf(string? text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at.ToUniversalTime();
        Wrong("dateTime", $"must be a time such as 2026-12-01T06:00:00Z, not '{text}'", "Write it as ISO 8601.");
        return null;
    }

    private TimeZoneInfo ZoneOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name.Trim(), out var zone)) return zone;
        Wrong("timeZone", $"is not a time zone that this machine knows: '{name}'", "Use a name such as Europe/Berlin.");
        return TimeZoneInfo.Utc;
    }

    private Misfire MisfireOf(string type, string? text)
    {
        // Elsa counts on from now when it starts, and fires a moment that has passed.
        if (string.IsNullOrEmpty(text)) return type is Schedules.Timer or Schedules.Cron ? Misfire.Skip : Misfire.FireOnce;
        if (Enum.TryParse<Misfire>(text, ignoreCase: true, out var misfire)) return misfire;
        Wrong("misfire", $"must be fireOnce, fireAll or skip, not '{text}'", "Choose one of the three.");
        return Misfire.FireOnce;
    }

    private static string? Given(JsonObject inputs, string field) => inputs[field].AsText() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        JsonArray list => list.Select(JsonReading.AsText).OfType<string>().Select(text => text.Trim()).Where(text => text.Length > 0),
        { } one when one.AsText() is { } text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    };

    private void Wrong(string field, string message, string fix) => _problems.Add(new PolicyProblem(field, message, fix));
}

/// <param name="Times">Scheduled times to fire for, oldest first.</param>
/// <param name="Next">Null when the schedule is over.</param>
/// <param name="LeftOut">Missed times that nothing is fired for.</param>
public sealed record DueFires(IReadOnlyList<DateTimeOffset> Times, DateTimeOffset? Next, int LeftOut);
