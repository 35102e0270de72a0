using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runs;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Cache;

/// <summary>
/// Asked for every job before it is handed to a runner. Of steps of one key that are under way at once, one is carried out;
/// the others wait for what it gives. Whatever goes wrong here, the step is simply carried out.
/// </summary>
public sealed class StepCache(CachedResults results, CacheKeys keys, IOptions<CacheOptions> options, TimeProvider time, ILogger<StepCache> log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Project, string Key), List<CacheAsker>> _underWay = [];
    private readonly Dictionary<(string Run, int Step), (string Project, string Key, string Type)> _leads = [];

    internal async Task<CacheAnswer> AskAsync(CacheAsker asker, FlowActivity activity, JsonObject inputs, IFlowFiles files, CancellationToken cancellation)
    {
        if (!IsOn(asker.Run, activity)) return new CacheAnswer.Go();
        try
        {
            return await keys.OfAsync(asker.Run.ProjectId, activity, inputs, files, cancellation) is { } key ? await AskAsync(asker, key, activity, inputs, cancellation) : new CacheAnswer.Go();
        }
        catch (Exception broken) when (broken is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            log.LogWarning(broken, "The cache could not be asked for {Activity} of run {Run}", activity.Id, asker.Run.Id);
            return new CacheAnswer.Go();
        }
    }

    /// <summary>A step that may have been asked for has a result, which is in its run's journal.</summary>
    internal async Task EndedAsync(RunRow run, RunEvent.StepEnded ended)
    {
        (string Project, string Key, string Type) lead;
        lock (_gate) if (!_leads.TryGetValue((run.Id, ended.Step), out lead)) return;
        try
        {
            if (ended.Result is { Fault: null, Suspend: false, CachedFrom: null }) await results.KeepAsync(Row(run, lead.Type, lead.Key, ended.Result));
        }
        catch (Exception broken)
        {
            log.LogWarning(broken, "A result of run {Run} could not be kept", run.Id);
        }
        finally { Leave(run.Id, ended.Step); }
    }

    /// <summary>The step gives nothing any more: whoever waited for it asks again.</summary>
    internal void Leave(string run, int step)
    {
        List<CacheAsker>? waiting = null;
        lock (_gate)
        {
            if (_leads.Remove((run, step), out var lead)) _underWay.Remove((lead.Project, lead.Key), out waiting);
            foreach (var others in _underWay.Values) others.RemoveAll(asker => asker.Run.Id == run && asker.Step == step);
        }
        foreach (var asker in waiting ?? []) asker.Again();
    }

    /// <summary>The run is over, or no longer of this server.</summary>
    internal void Forget(string run)
    {
        List<int> steps;
        lock (_gate)
        {
            steps = [.. _leads.Keys.Where(lead => lead.Run == run).Select(lead => lead.Step)];
            foreach (var others in _underWay.Values) others.RemoveAll(asker => asker.Run.Id == run);
        }
        foreach (var step in steps) Leave(run, step);
    }

    private bool IsOn(RunRow run, FlowActivity activity) =>
        options.Value.Enabled && CachePolicy.Of(activity).Enabled && KeptSteps.RequestOf(run) is { NoCache: false, RerunFrom: null };

    private async Task<CacheAnswer> AskAsync(CacheAsker asker, string key, FlowActivity activity, JsonObject inputs, CancellationToken cancellation)
    {
        var lead = (asker.Run.ProjectId, key);
        lock (_gate)
        {
            if (_underWay.TryGetValue(lead, out var others))
            {
                others.Add(asker);
                return new CacheAnswer.Waits();
            }
            _underWay[lead] = [];
            _leads[(asker.Run.Id, asker.Step)] = (asker.Run.ProjectId, key, activity.Type);
        }
        try
        {
            if (await results.FindAsync(asker.Run.ProjectId, key, CachePolicy.Of(activity), cancellation) is not { } found) return new CacheAnswer.Go();
            Leave(asker.Run.Id, asker.Step);
            return new CacheAnswer.Hit(found with { Inputs = inputs });
        }
        catch
        {
            Leave(asker.Run.Id, asker.Step);
            throw;
        }
    }

    private CachedResultRow Row(RunRow run, string activityType, string key, StepResult result) => new()
    {
        ProjectId = run.ProjectId,
        Author = run.Author,
        Key = key,
        ActivityType = activityType,
        RunId = run.Id,
        Result = JsonSerializer.Serialize(result with { Inputs = null, Cached = false }, ContractJson.Options),
        CreatedAt = time.GetUtcNow(),
        TakenAt = time.GetUtcNow(),
    };
}

/// <param name="Again">Has the step handed out once more.</param>
internal sealed record CacheAsker(RunRow Run, int Step, Action Again);

/// <summary>What becomes of a step that the cache was asked for.</summary>
internal abstract record CacheAnswer
{
    private CacheAnswer() { }

    public sealed record Hit(StepResult Result) : CacheAnswer;

    /// <summary>Carry it out.</summary>
    public sealed record Go : CacheAnswer;

    /// <summary>The same is under way: the asker is told when that has ended.</summary>
    public sealed record Waits : CacheAnswer;
}
