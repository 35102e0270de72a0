using System.Runtime.CompilerServices;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>A server that has ended in a process that goes on leaves nothing of itself in memory.</summary>
public sealed class EndedServerTests
{
    [Fact]
    public async Task What_has_ended_is_not_kept()
    {
        var ended = new List<WeakReference>();
        for (var server = 0; server < 3; server++) ended.Add(await EndedAsync());

        // Hangfire's log, of which a process has one, belongs to the last of them.
        await Eventually.TrueAsync(() => Task.FromResult(Alive(ended) <= 1), () => $"{Alive(ended)} of {ended.Count} servers that have ended are in memory");
    }

    private static int Alive(List<WeakReference> ended)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return ended.Count(one => one.IsAlive);
    }

    // A method of its own: no local keeps it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> EndedAsync()
    {
        await using var hub = await TestHub.StartAsync();
        using var answer = await hub.Http.GetAsync("/api/flows");
        answer.EnsureSuccessStatusCode();
        return new WeakReference(hub.Services);
    }
}
