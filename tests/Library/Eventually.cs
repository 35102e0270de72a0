using System.Diagnostics;

namespace Flows.Tests.Library;

/// <summary>Waits for what happens outside of this program, and says what it waited for when it does not happen.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, string what, int seconds = 10)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(20))
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"after {seconds} s still not: {what}");
    }
}
