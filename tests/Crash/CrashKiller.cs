using Flows.Tests.Support;

namespace Flows.Tests.Crash;

/// <summary>Kills a server, a runner or the parents of Python steps, whom the seed says, and starts again what it killed.</summary>
internal sealed class CrashKiller(ServerSite site, string folder, Random random, CrashFindings findings)
{
    // Longer than it takes to be given up by the others: 5 s for a server, 10 s for a runner.
    private const int LongServerAbsence = 6000;
    private const int LongRunnerAbsence = 11_000;

    /// <summary>Ends when the victim is dead; <see cref="ReviveAsync"/> starts it again.</summary>
    public async Task<int> KillAsync()
    {
        var victim = random.Next(site.Servers.Count + site.Runners.Count);
        await KillAsync(victim);
        return victim;
    }

    /// <summary>Starts it again, at times only after the others have given it up, and at times to kill it while it starts.</summary>
    public async Task ReviveAsync(int victim)
    {
        var isServer = victim < site.Servers.Count;
        if (site.Servers.Count > 1 && random.Next(isServer ? 3 : 8) == 0) await PassAsync(isServer ? LongServerAbsence : LongRunnerAbsence);
        while (random.Next(4) == 0)
        {
            if (isServer) site.BeginServer(victim);
            else site.StartRunner(victim - site.Servers.Count);
            await PassAsync(random.Next(100, 1500));
            await KillAsync(victim);
        }
        if (isServer) await site.StartServerAsync(victim);
        else site.StartRunner(victim - site.Servers.Count);
    }

    public void KillForkParents()
    {
        foreach (var parent in Processes.ForkParents(folder, [.. site.Servers.Select(server => server.Id), .. site.Runners.Select(runner => runner.Id)]))
        {
            Processes.Kill(parent);
            findings.ParentKills++;
        }
    }

    public Task PassAsync(int atLeast, int below) => PassAsync(random.Next(atLeast, below));

    private async Task KillAsync(int victim)
    {
        if (victim < site.Servers.Count)
        {
            await site.KillServerAsync(victim);
            findings.ServerKills++;
        }
        else
        {
            await site.KillRunnerAsync(victim - site.Servers.Count);
            findings.RunnerKills++;
        }
    }

    private static async Task PassAsync(int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, milliseconds)));
        await timer.WaitForNextTickAsync();
    }
}
