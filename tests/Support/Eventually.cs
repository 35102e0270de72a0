namespace Flows.Tests.Support;

/// <summary>Waits for something another thread or process does, up to a deadline.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> holds, Func<string>? otherwise = null, double seconds = 60)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline).TotalSeconds < seconds, otherwise?.Invoke() ?? $"not so within {seconds} s");
            await tick.WaitForNextTickAsync();
        }
    }
}
