using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Starts: anew, from where another run came to, or as another run was.</summary>
public sealed partial class RunHost
{
    /// <summary>Starts a run: it is written down before this returns.</summary>
    /// <exception cref="RequestFault">The flow cannot be run; every problem is listed.</exception>
    public async Task<LiveRun> StartAsync(FlowDefinition definition, RunRequest request, RunOrigin origin)
    {
        var row = NewRow(definition, request, origin);
        // Whoever starts it: it uses flows of its own project.
        using var own = Sight.Of(row).Enter();
        Check(definition, row);
        return await StartAsync(row, definition, new RunChildren(row, _company.Store, _flows), null, origin.IsDerived);
    }

    /// <summary>Goes on from a run that is over: a new run that keeps what the earlier one's finished steps gave.</summary>
    /// <param name="how">Activity to do anew, with everything after it (none: only what did not finish), and how the run is debugged.</param>
    /// <exception cref="RequestFault">The flow cannot be run; every problem is listed.</exception>
    public async Task<LiveRun> GoOnAsync(RunRow before, FlowDefinition definition, GoingOn how, RunOrigin origin)
    {
        var row = NewRow(definition, KeptSteps.RequestOf(before) with { ResumedFrom = before.Id, RerunFrom = how.From, Parent = null, Debug = how.Debug }, origin);
        Check(definition, row);
        if (row.DefinitionDigest == before.DefinitionDigest) await RunChildren.CopyAsync(before, row, _company.Store);
        return await StartAsync(row, definition, await RunChildren.OfAsync(row, _company.Store, _flows), await _kept.OfAsync(row));
    }

    /// <summary>Makes a run again that is over: over the same definition, from the same inputs, with what is recorded of its steps.</summary>
    /// <exception cref="RequestFault">The flow cannot be run; every problem is listed.</exception>
    public async Task<LiveRun> MakeAgainAsync(RunRow before, FlowDefinition definition, Contract.Provenance.Reproduction how, RunOrigin origin)
    {
        var row = NewRow(definition, KeptSteps.RequestOf(before) with { Reproduces = how, NoCache = true, ResumedFrom = null, RerunFrom = null, Parent = null, Debug = null }, origin);
        Check(definition, row);
        await RunChildren.CopyAsync(before, row, _company.Store);
        return await StartAsync(row, definition, await RunChildren.OfAsync(row, _company.Store, _flows), null);
    }

    private void Check(FlowDefinition definition, RunRow row)
    {
        var problems = _inspection.Of(definition, row.DefinitionDigest);
        if (problems.All(problem => problem.Level != ProblemLevel.Error)) return;
        _tokens.Revoke(row.Id);
        throw new RequestFault("The flow has problems that keep it from being run.", StatusCodes.Status422UnprocessableEntity) { Problems = problems };
    }

    private async Task<LiveRun> StartAsync(RunRow row, FlowDefinition definition, RunChildren children, KeptResults? kept, bool isDerived = false)
    {
        var run = new LiveRun(row, _compiled.Of(definition, row.DefinitionDigest, children.Find), _company) { Kept = kept, Remade = await _remade.OfAsync(row) };
        // Before the row is there, so that it is never taken for a run that was left behind.
        if (!_live.TryAdd(row.Id, run)) return Find(row.Id) ?? run;
        var isMine = false;
        try
        {
            switch (await _company.Store.AddAsync(row, definition, isDerived))
            {
                case Admission.Refused refused:
                    _tokens.Revoke(row.Id);
                    throw new RequestFault(refused.Message, StatusCodes.Status409Conflict);
                // It lives elsewhere, or is over.
                case Admission.Known: return run;
            }
            isMine = true;
        }
        finally
        {
            if (!isMine) _live.TryRemove(KeyValuePair.Create(row.Id, run));
        }
        Own(run);
        return run;
    }

    private RunRow NewRow(FlowDefinition definition, RunRequest request, RunOrigin origin)
    {
        var now = _company.Time.GetUtcNow();
        var id = origin.RunId ?? NewId();
        return new RunRow
        {
            Id = id,
            ProjectId = origin.ProjectId,
            Author = origin.Author,
            Trigger = origin.Trigger,
            ParentRunId = request.Parent?.RunId,
            CorrelationId = request.CorrelationId,
            DefinitionId = definition.DefinitionId,
            Name = definition.Name,
            Version = definition.Version,
            DefinitionDigest = RunStore.Digest(definition.Json.ToJsonString(ContractJson.Options)),
            Request = JsonSerializer.Serialize(request, ContractJson.Options),
            Status = RunStatus.Running,
            SubStatus = RunSubStatus.Pending,
            TokenHash = _tokens.Issue(id),
            OwnerId = _self.Id,
            CreatedAt = now,
        };
    }
}
