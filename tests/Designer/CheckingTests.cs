using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Designer;

/// <summary>Checks of a large flow give way to the hand every few milliseconds.</summary>
public sealed class CheckingTests
{
    // Activities; more than are checked before the canvas shows.
    private const int Many = 400;

    // Slices that they would never need.
    private const int Most = 5000;

    [Fact]
    public async Task A_large_flow_is_checked_in_slices_between_which_others_have_their_turn()
    {
        var time = new TickingTime();
        using var session = Large(time);
        Assert.Empty(session.Problems);

        var slices = await CheckAsync(time, session);

        Assert.InRange(slices, 20, Most / 2);
        Assert.Equal(Expected(session), session.Problems);
    }

    [Fact]
    public async Task An_edit_in_the_middle_of_the_checks_lets_them_begin_anew()
    {
        var time = new TickingTime();
        using var session = Large(time);
        time.Advance(TimeSpan.FromMilliseconds(300));
        for (var slice = 0; slice < 10; slice++) time.Advance(TimeSpan.FromMilliseconds(1));

        session.Select(["n0"]);
        session.Remove();
        await CheckAsync(time, session);

        Assert.Equal(Expected(session), session.Problems);
        Assert.DoesNotContain(session.Problems, problem => problem.ActivityId == "n0");
    }

    [Fact]
    public async Task Checks_wait_while_a_hand_holds_the_canvas_but_not_for_ever()
    {
        var time = new TickingTime();
        using var session = Large(time);
        session.Hold(true);
        time.Advance(TimeSpan.FromMilliseconds(300));
        for (var slice = 0; slice < 40; slice++) time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Empty(session.Problems);

        session.Hold(false);
        var slices = 0;
        while (session.Problems.Count == 0 && slices++ < Most)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal(Expected(session), session.Problems);
        session.Hold(true);
        for (var look = 0; look < 20_000 && session.IsHeld; look++) { }
        Assert.False(session.IsHeld);
    }

    private static EditorSession Large(TimeProvider time) =>
        new(FlowFile.ReadOne(Some.Chain("large", [.. Enumerable.Range(0, Many).Select(i => Some.Activity($"n{i}", "Flows.SplitRows"))])), Draft.Activities, time);

    private static IReadOnlyList<FlowProblem> Expected(EditorSession session) => FlowChecks.Of(session.Draft.Flow, session.Catalog);

    private static async Task<int> CheckAsync(TickingTime time, EditorSession session)
    {
        var before = session.Problems;
        time.Advance(TimeSpan.FromMilliseconds(300));
        var slices = 0;
        while (ReferenceEquals(before, session.Problems) && slices++ < Most)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        return slices;
    }

    /// <summary>Every look at the clock takes a millisecond, as a piece of the checks does.</summary>
    private sealed class TickingTime : FakeTimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimeSpan.TicksPerMillisecond;
    }
}
