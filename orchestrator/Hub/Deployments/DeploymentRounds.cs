namespace Flows.Hub.Deployments;

/// <summary>Looks every two seconds what other orchestrators have made of the deployments; idle where there are none.</summary>
internal sealed class DeploymentRounds(DeploymentRegistry deployments, DeploymentSite site, ILogger<DeploymentRounds> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (!site.IsShared) return;
        using var tick = new PeriodicTimer(Often, site.Time);
        while (await tick.WaitForNextTickAsync(stopping))
        {
            try { await deployments.FollowAsync(stopping); }
            catch (Exception broken) when (broken is not OperationCanceledException) { log.LogWarning("Deployments of other orchestrators could not be followed: {Reason}", broken.Message); }
        }
    }
}
