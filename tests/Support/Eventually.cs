namespace Flows.Tests.Support;

/// <summary>Waits for something another thread or process does, up to a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(200);

    /// <param name="what">What is waited for, said when it does not come about.</param>
    public static Task TrueAsync(Func<bool> holds, string what, double seconds = 60) =>
        TrueAsync(() => Task.FromResult(holds()), () => $"after {seconds} s still not: {what}", seconds);

    /// <summary>The same for somebody who looks himself what there is after the deadline.</summary>
    public static async Task HoldsAsync(Func<bool> holds, double seconds)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var began = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(began).TotalSeconds < seconds) await tick.WaitForNextTickAsync();
    }

    public static async Task TrueAsync(Func<Task<bool>> holds, Func<string>? otherwise = null, double seconds = 60)
    {
        using var tick = new PeriodicTimer(Often);
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            var waited = TimeProvider.System.GetElapsedTime(began);
            Assert.True(waited.TotalSeconds < seconds, otherwise?.Invoke() ?? $"not so within {seconds} s");
            tick.Period = Pause(waited);
            await tick.WaitForNextTickAsync();
        }
    }

    // Whoever has waited long is asked for less often: looking takes the processor from what is waited for.
    private static TimeSpan Pause(TimeSpan waited) => TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 10, Often.Ticks, Seldom.Ticks));
}
