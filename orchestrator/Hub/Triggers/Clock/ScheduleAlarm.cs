using Flows.Hub.Orchestrators;
using Quartz;

namespace Flows.Hub.Triggers.Clock;

/// <summary>Rings at the earliest time that any schedule is due: a Quartz scheduler in memory with one trigger, set anew from our rows.</summary>
public sealed class ScheduleAlarm(Orchestrator self, TimeProvider time)
{
    private static readonly Quartz.TriggerKey Next = new("next");

    private static readonly JobKey Job = new("ring");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private IScheduler? _scheduler;
    private DateTimeOffset? _set;

    /// <summary>Something is due.</summary>
    public event Action? Rang;

    /// <param name="next">Null: nothing is due.</param>
    public async Task SetAsync(DateTimeOffset? next, CancellationToken cancellation)
    {
        if (next == _set) return;
        _scheduler ??= await StartAsync(cancellation);
        await _scheduler.UnscheduleJob(Next, cancellation);
        if (next is { } at) await _scheduler.ScheduleJob(TriggerAt(at), cancellationToken: cancellation);
        _set = next;
    }

    public async Task StopAsync()
    {
        if (_scheduler is null) return;
        // Nothing depends on its end.
        try { await _scheduler.Shutdown(waitForJobsToComplete: false).AsTask().WaitAsync(Patience); }
        catch (TimeoutException) { }
    }

    // What is missed rings at once: any other instruction computes a time anew, and goes round in circles when the clock was set.
    private static ITrigger TriggerAt(DateTimeOffset at) => TriggerBuilder.Create().WithIdentity(Next).ForJob(Job).StartAt(at)
        .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();

    private async Task<IScheduler> StartAsync(CancellationToken cancellation)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(quartz => quartz
            .ConfigureScheduler(options => options.InstanceName = self.Id)
            .UseDefaultThreadPool(maxConcurrency: 1)
            .UseTimeProvider(time)
            .UseInMemoryStore()).BuildScheduler();
        await scheduler.AddJob(JobBuilder.Create<Ring>().WithIdentity(Job).StoreDurably().UsingJobData(new JobDataMap { [nameof(ScheduleAlarm)] = this }).Build(), AddJobOptions.Replacing, cancellation);
        await scheduler.Start(cancellation);
        return scheduler;
    }

    private sealed class Ring : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellation)
        {
            ((ScheduleAlarm)context.MergedJobDataMap[nameof(ScheduleAlarm)]!).Rang?.Invoke();
            return ValueTask.CompletedTask;
        }
    }
}
