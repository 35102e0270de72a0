using System.Text.Json.Nodes;
using Flows.Contract.Triggers;

namespace Flows.Tests.Triggers;

/// <summary>When a schedule fires, computed without any clock.</summary>
public sealed class ScheduleTests
{
    private static readonly DateTimeOffset NewYear = At("2026-01-01T00:00:00Z");

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z")]
    [InlineData("0 8 * * MON-FRI", "2026-11-27T12:00:00Z", "2026-11-30T07:00:00Z 2026-12-01T07:00:00Z")]
    [InlineData("*/20 * * * * *", "2026-11-27T12:00:00Z", "2026-11-27T12:00:20Z 2026-11-27T12:00:40Z")]
    public void Cron_goes_by_its_time_zone_through_the_hour_that_is_missing_and_the_one_that_comes_twice(string cron, string after, string expected) =>
        Assert.Equal(expected, Times(Schedule("cron", cron, ("timeZone", "Europe/Berlin")), At(after), 2));

    [Fact]
    public void An_interval_counts_from_when_it_was_published()
    {
        var schedule = Schedule("interval", "00:15:00");

        Assert.Equal("2026-01-01T00:15:00Z 2026-01-01T00:30:00Z", Times(schedule, NewYear, 2));
        Assert.Equal("2026-06-01T00:15:00Z", Times(schedule, At("2026-06-01T00:00:01Z"), 1));
    }

    [Fact]
    public void Days_and_times_of_the_calendar_are_left_out()
    {
        var schedule = Schedule("cron", "0 6 * * *", ("timeZone", "Europe/Berlin"), ("except", new JsonArray("2026-12-25", "* * * * SAT,SUN")));

        Assert.Equal("2026-12-24T05:00:00Z 2026-12-28T05:00:00Z", Times(schedule, At("2026-12-24T00:00:00Z"), 2));
        Assert.Null(Schedule("cron", "0 6 * * SAT", ("except", new JsonArray("* * * * SAT"))).Next(NewYear, NewYear));
    }

    [Theory]
    [InlineData("fireOnce", "03:00:00", 3)]
    [InlineData("fireAll", "00:00:00 01:00:00 02:00:00 03:00:00", 0)]
    [InlineData("skip", "", 4)]
    public void Missed_times_are_dealt_with_as_the_schedule_says(string misfire, string fired, int leftOut)
    {
        var schedule = Schedule("cron", "0 * * * *", ("misfire", misfire));

        var due = schedule.Due(NewYear, NewYear, At("2026-01-01T03:20:00Z"));

        Assert.Equal(fired, string.Join(' ', due.Times.Select(at => at.ToString("HH:mm:ss"))));
        Assert.Equal((At("2026-01-01T04:00:00Z"), leftOut), (due.Next, due.LeftOut));
    }

    [Fact]
    public void A_little_late_is_not_missed()
    {
        var due = Schedule("cron", "0 * * * *", ("misfire", "skip")).Due(NewYear, NewYear, NewYear.AddSeconds(4));

        Assert.Equal((NewYear, At("2026-01-01T01:00:00Z"), 0), (Assert.Single(due.Times), due.Next, due.LeftOut));
    }

    [Fact]
    public void A_week_of_missed_seconds_is_bounded()
    {
        var due = Schedule("cron", "* * * * * *", ("misfire", "fireAll")).Due(NewYear, NewYear, NewYear.AddDays(7));

        Assert.Equal(Flows.Contract.Triggers.Schedule.MostMissed, due.Times.Count);
        Assert.Equal((NewYear.AddDays(7), NewYear.AddDays(7).AddSeconds(1)), (due.Times[^1], due.Next));
        Assert.Equal(7 * 24 * 3600 + 1 - due.Times.Count, due.LeftOut);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var schedule = Schedule("cron", "61 * * * *", ("timeZone", "Europe/Nowhere"), ("misfire", "perhaps"), ("except", "tomorrow"));

        Assert.Equal(["cron", "except", "misfire", "timeZone"], schedule.Problems.Select(problem => problem.Field).Order());
        Assert.Equal("cron", Assert.Single(Flows.Contract.Triggers.Schedule.Of(Schedules.Own, []).Problems).Field);
        Assert.Equal("interval", Assert.Single(Schedule("cron", "* * * * *", ("interval", "00:01:00")).Problems).Field);
    }

    [Fact]
    public void Elsas_timer_cron_and_moment_are_schedules_too()
    {
        Assert.Equal("2026-01-01T00:00:05Z", Times(Flows.Contract.Triggers.Schedule.Of(Schedules.Timer, new JsonObject { ["interval"] = "00:00:05" }), NewYear, 1));
        Assert.Equal("2026-01-01T00:01:00Z", Times(Flows.Contract.Triggers.Schedule.Of(Schedules.Cron, new JsonObject { ["cronExpression"] = "* * * * *" }), NewYear, 1));
        var moment = Flows.Contract.Triggers.Schedule.Of(Schedules.Moment, new JsonObject { ["dateTime"] = "2026-01-02T00:00:00Z" });
        Assert.Equal(At("2026-01-02T00:00:00Z"), moment.Next(NewYear, NewYear));
        Assert.Null(moment.Next(At("2026-01-02T00:00:00Z"), NewYear));
    }

    private static Schedule Schedule(string field, string value, params (string Name, JsonNode Value)[] more)
    {
        var inputs = new JsonObject { [field] = value };
        foreach (var (name, other) in more) inputs[name] = other;
        return Flows.Contract.Triggers.Schedule.Of(Schedules.Own, inputs);
    }

    private static string Times(Schedule schedule, DateTimeOffset after, int count)
    {
        var times = new List<string>();
        for (var i = 0; i < count && schedule.Next(after, NewYear) is { } next; i++, after = next) times.Add(next.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        return string.Join(' ', times);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
