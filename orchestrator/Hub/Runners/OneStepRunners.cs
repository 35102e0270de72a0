namespace Flows.Hub.Runners;

/// <summary>Runners that come for one step and go: a job of a cluster, a machine that was rented for it.</summary>
public sealed class OneStepRunners(RunnerRegistry runners, JobStore jobs, JobDesk desk, TimeProvider time)
{
    /// <summary>What such a runner is called: nothing else is placed at it.</summary>
    public static string NameOf(string session) => "once-" + string.Concat(session.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(12));

    public async Task<StepJobRow?> FindAsync(string stepId) =>
        JobKey.ParseStep(stepId) is var (run, step) ? await jobs.FindAsync(JobKey.IdOf(run, step)) : null;

    /// <summary>The step's assignment if it waits; nothing else.</summary>
    public async Task<IReadOnlyList<StepAssignment>> TakeAsync(string stepId, TakeRequest asked)
    {
        if (await FindAsync(stepId) is not { } job) return [];
        var name = NameOf(asked.Session);
        await runners.RegisterAsync(new RunnerRow { Name = name, Session = asked.Session });
        if (await jobs.ClaimAsync(job.Id, name, asked.Session, time.GetUtcNow()))
            return await desk.TakeAsync(name, asked.Session, [(await FindAsync(stepId))!.Key.ToString()]);
        await runners.LeaveAsync(name, asked.Session);
        return [];
    }

    public async Task TakeInAsync(string stepId, ReportRequest said)
    {
        var mine = said.Reports.Where(report => JobKey.Parse(report.Key)?.StepId == stepId).ToList();
        await desk.TakeInAsync(NameOf(said.Session), said.Session, mine);
        if (mine.Exists(report => report.IsEnd)) await runners.LeaveAsync(NameOf(said.Session), said.Session);
    }
}

/// <summary>Answer to <c>POST /api/steps/{stepId}/token</c>.</summary>
public sealed record StepTokenAnswer(string Token);
