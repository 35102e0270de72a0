using Hangfire;

namespace Flows.Hub.Runners;

/// <summary>Makes the objects of jobs from this server's services. Hangfire's own activator is one static object for all servers of a process.</summary>
internal sealed class RunnerActivator(IServiceProvider services) : JobActivator
{
    public override object ActivateJob(Type jobType) => services.GetRequiredService(jobType);
}
