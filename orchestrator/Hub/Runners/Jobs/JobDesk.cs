using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flows.Engine;
using Flows.Hub.Logs;
using Flows.Hub.Runs;

namespace Flows.Hub.Runners;

/// <summary>
/// Where runners, this process's own and those that call, get their jobs and leave what became of them. What a runner says
/// of a job that is no longer its own is void: another attempt was placed, or nobody waits for it any more.
/// </summary>
public sealed class JobDesk(JobStore store, StepTokens tokens, StepDurations durations, JobSignals signals, StepLogs logs, IServiceProvider services)
{
    private readonly ConcurrentDictionary<JobKey, StepJobRow> _taken = [];

    /// <summary>The assignments of those of the jobs that are placed at the runner.</summary>
    public async Task<IReadOnlyList<StepAssignment>> TakeAsync(string runner, string session, IReadOnlyList<string> keys)
    {
        var asked = keys.Select(JobKey.Parse).OfType<JobKey>().ToHashSet();
        var rows = await store.TakeAsync(runner, session, asked);
        await EndAsync([.. rows.Where(row => row.State == JobState.Cancelling).Select(row => new JobEnd(row.Key, HasResult: false))]);
        var mine = rows.Where(row => row.State == JobState.Placed).ToDictionary(row => row.Key);
        foreach (var (key, row) in mine) _taken[key] = row;
        return [.. keys.Select(JobKey.Parse).OfType<JobKey>().Where(mine.ContainsKey).Select(key => Assignment(mine[key]))];
    }

    /// <summary>Ends when everything that was said is in the journals that it belongs to.</summary>
    public async Task TakeInAsync(string runner, string session, IReadOnlyList<StepReport> reports)
    {
        var jobs = await JobsOfAsync(runner, session, reports);
        var (posts, ended) = (new List<Task>(), new ConcurrentBag<JobEnd>());
        foreach (var report in reports)
        {
            if (JobKey.Parse(report.Key) is not { } key || !jobs.TryGetValue(key, out var job)) continue;
            switch (report)
            {
                case StepReport.Begun: posts.Add(PostAsync(key, new RunEvent.StepBegun(key.Step, key.Attempt, runner) { Inputs = JsonNode.Parse(job.Inputs) as JsonObject })); break;
                case StepReport.Logged line: logs.Write(job.RunId, key.StepId, job.ActivityId, line.Level, line.Text); break;
                case StepReport.Progressed said: services.GetRequiredService<StepProgress>().Tell(key.RunId, key.Step, said.Share, said.Text); break;
                case StepReport.Ended done:
                    durations.Add(job, done.Seconds);
                    posts.Add(EndAsync(key, job, done, ended));
                    break;
                case StepReport.Returned back:
                    if (back.Lost is { } lost) logs.Write(job.RunId, key.StepId, job.ActivityId, Contract.Activities.LogLevel.Warning, lost);
                    posts.Add(store.ReturnAsync(key, back.HasBegun, isLoss: back.Lost is not null));
                    posts.Add(ForgetAsync(key, job));
                    break;
                case StepReport.Stopped:
                    ended.Add(new JobEnd(key, HasResult: false));
                    posts.Add(ForgetAsync(key, job));
                    break;
            }
        }
        await Task.WhenAll(posts);
        await EndAsync([.. ended]);
    }

    /// <summary>Jobs that were lost too often are not placed any more: their steps fault.</summary>
    public async Task GiveUpLostAsync(CancellationToken cancellation)
    {
        foreach (var job in await store.LostAsync(cancellation))
        {
            var fault = $"The step was lost {job.Losses} times with what carried it out (its runner, or the process that kept its script), and is not begun again by itself. Something may be killing it, such as a lack of memory: see its log and the runner's.";
            if (await PostAsync(job.Key, new RunEvent.StepEnded(job.Step, job.Attempt, new StepResult { Fault = fault })) != Posted.Kept) await EndAsync([new JobEnd(job.Key, HasResult: true)]);
        }
    }

    private Task EndAsync(List<JobEnd> ended) => ended.Count == 0 ? Task.CompletedTask : store.EndAsync(ended);

    // Its lines first: a step that is over can be read to its end, wherever this process is by then. With a letter its job is told, and its place free.
    private async Task EndAsync(JobKey key, StepJobRow job, StepReport.Ended done, ConcurrentBag<JobEnd> ended)
    {
        await logs.CloseAsync(job.RunId, key.StepId, job.ActivityId);
        if (await PostAsync(key, new RunEvent.StepEnded(key.Step, key.Attempt, done.Result)) == Posted.Kept) signals.Change();
        else ended.Add(new JobEnd(key, HasResult: true));
        _taken.TryRemove(key, out _);
    }

    private Task ForgetAsync(JobKey key, StepJobRow job)
    {
        _taken.TryRemove(key, out _);
        return logs.CloseAsync(job.RunId, key.StepId, job.ActivityId);
    }

    // This process knows what it gave out; what another orchestrator gave out is looked up.
    private async Task<IReadOnlyDictionary<JobKey, StepJobRow>> JobsOfAsync(string runner, string session, IReadOnlyList<StepReport> reports)
    {
        var (known, unknown) = (new Dictionary<JobKey, StepJobRow>(), new HashSet<JobKey>());
        foreach (var key in reports.Select(report => JobKey.Parse(report.Key)).OfType<JobKey>().Distinct())
        {
            if (_taken.TryGetValue(key, out var job) && job.Runner == runner && job.Session == session) known[key] = job;
            else unknown.Add(key);
        }
        if (unknown.Count > 0)
        {
            await store.RestoreAsync(runner, session, unknown);
            foreach (var row in await store.AtAsync(runner, session, unknown)) known[row.Key] = row;
        }
        return known;
    }

    /// <summary>The one way by which a job's events reach its run, wherever its owner is.</summary>
    private Task<Posted> PostAsync(JobKey key, RunEvent happened) => services.GetRequiredService<RunHost>().PostAsync(key.RunId, happened);

    private StepAssignment Assignment(StepJobRow job) => new(job.Key.ToString(), job.RunId, job.Key.StepId, job.Attempt)
    {
        ProjectId = job.ProjectId,
        Author = job.Author,
        DefinitionId = job.DefinitionId,
        Activity = (JsonObject)JsonNode.Parse(job.Activity)!,
        Inputs = (JsonObject)JsonNode.Parse(job.Inputs)!,
        Token = tokens.Of(job.Key),
        Network = services.GetRequiredService<Contract.Activities.NetworkPolicy>(),
    };
}
