using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Endpoints;
using Flows.Hub.Flows;
using Flows.Hub.Orchestrators;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Owns every run of this server that is not finished: starts them, takes up those that an earlier process left, hands events on.</summary>
public sealed partial class RunHost : IHostedService
{
    private readonly ConcurrentDictionary<string, LiveRun> _live = [];
    private readonly ConcurrentDictionary<string, Task> _owners = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private readonly RunCompany _company;
    private readonly RunTokens _tokens;
    private readonly IFlowLookup _flows;
    private readonly ActivityCatalog _catalog;
    private readonly IJournal _journal;
    private readonly KeptSteps _kept;
    private readonly FlowInspection _inspection;
    private readonly RunMail _mail;
    private readonly Orchestrator _self;
    private readonly TriggerIndex _triggers;

    public RunHost(IServiceProvider services, IFlowLookup flows, ActivityCatalog catalog, IJournal journal, RunTokens tokens)
    {
        (_flows, _catalog, _journal, _tokens) = (flows, catalog, journal, tokens);
        _kept = services.GetRequiredService<KeptSteps>();
        _inspection = services.GetRequiredService<FlowInspection>();
        _mail = services.GetRequiredService<RunMail>();
        _self = services.GetRequiredService<Orchestrator>();
        _triggers = services.GetRequiredService<TriggerIndex>();
        Stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _serving = Serving(services.GetRequiredService<IHostApplicationLifetime>());
        _company = Company(services);
    }

    /// <summary>The server is asked to stop: whoever waits for a run is let go.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>An id for a run that starts now; ids sort by time.</summary>
    public string NewId() => RunIds.New(_company.Time.GetUtcNow());

    public LiveRun? Find(string runId) => _live.GetValueOrDefault(runId);

    public IEnumerable<LiveRun> Live => _live.Values;

    /// <summary>Starts a run: it is written down before this returns.</summary>
    /// <exception cref="RequestFault">The flow cannot be run; every problem is listed.</exception>
    public Task<LiveRun> StartAsync(FlowDefinition definition, RunRequest request, RunOrigin origin)
    {
        Check(definition);
        var row = NewRow(definition, request, origin);
        return StartAsync(row, definition, new RunChildren(row, _company.Store, _flows), null);
    }

    /// <summary>Goes on from a run that is over: a new run that keeps what the earlier one's finished steps gave.</summary>
    /// <param name="from">Activity to do anew, with everything after it; null: only what did not finish.</param>
    /// <exception cref="RequestFault">The flow cannot be run; every problem is listed.</exception>
    public async Task<LiveRun> GoOnAsync(RunRow before, FlowDefinition definition, string? from, RunOrigin origin)
    {
        Check(definition);
        var row = NewRow(definition, KeptSteps.RequestOf(before) with { ResumedFrom = before.Id, RerunFrom = from }, origin);
        if (row.DefinitionDigest == before.DefinitionDigest) await RunChildren.CopyAsync(before, row, _company.Store);
        return await StartAsync(row, definition, await RunChildren.OfAsync(row, _company.Store, _flows), await _kept.OfAsync(row));
    }

    /// <summary>
    /// Hands an event to a run wherever it is: at once when it lives here, else by its owner, whom a row of the database
    /// waits for. It may come twice: its step's attempt or its bookmark tells that.
    /// </summary>
    public async Task<Posted> PostAsync(string runId, RunEvent happened, CancellationToken cancellation = default) =>
        Find(runId) is { } live && await live.PostAsync(happened).WaitAsync(cancellation)
            ? Posted.Delivered
            : await _mail.KeepAsync(runId, happened, cancellation);

    private void Check(FlowDefinition definition)
    {
        var problems = _inspection.Of(definition);
        if (problems.Any(problem => problem.Level == ProblemLevel.Error))
            throw new RequestFault("The flow has problems that keep it from being run.", StatusCodes.Status422UnprocessableEntity) { Problems = problems };
    }

    private async Task<LiveRun> StartAsync(RunRow row, FlowDefinition definition, RunChildren children, KeptResults? kept)
    {
        var run = new LiveRun(row, Compile(definition, children), _company) { Kept = kept };
        await _company.Store.AddAsync(row, definition);
        Own(run);
        return run;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        _company.RemoveLeftovers();
        var rows = await _company.Store.UnfinishedAsync();
        await _company.Store.OwnAsync([.. rows.Select(row => row.Id)], _self.Id);
        foreach (var row in rows) await TakeUpAsync(row);
    }

    /// <summary>Lets go of every run where it stands: the journal has all that is needed to go on.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        _company.Timers.Dispose();
        await Task.WhenAll(_owners.Values).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private RunCompany Company(IServiceProvider services) => new(
        _journal,
        services.GetRequiredService<RunStore>(),
        services.GetRequiredService<StepExecutor>(),
        services.GetRequiredService<StepContexts>(),
        services.GetRequiredService<DataFolder>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<RunCompany>>())
    {
        Jobs = services.GetRequiredService<StepJobs>(),
        Waiting = services.GetRequiredService<WaitingSteps>(),
        Approvals = services.GetRequiredService<Approvals.ApprovalBook>(),
        Cache = services.GetRequiredService<Cache.StepCache>(),
        Files = row => services.GetRequiredService<Func<string, Contract.Artifacts.IFlowFiles>>()(row.DefinitionId),
        Answers = services.GetRequiredService<Endpoints.HttpAnswers>(),
        Tokens = _tokens,
        Deliver = async news => (await DeliverAsync(news)).Delivered,
        Forget = run =>
        {
            _company.Cache.Forget(run.Row.Id);
            _live.TryRemove(run.Row.Id, out _);
            _tokens.Revoke(run.Row.Id);
        },
    };

    private async Task TakeUpAsync(RunRow row)
    {
        try
        {
            var definition = await _company.Store.DefinitionAsync(row.DefinitionDigest);
            var run = new LiveRun(row, Compile(definition, await RunChildren.OfAsync(row, _company.Store, _flows)), _company) { Kept = await _kept.OfAsync(row) };
            run.Replay(_journal.Read(row.Id));
            await _company.Waiting.ReplaceAsync(row, run.Waiting());
            await _company.Approvals.FollowAsync(run, new WaitChanges(run.Waiting(), []));
            Own(run);
        }
        catch (Exception broken)
        {
            await _company.InterruptAsync(row, broken);
        }
    }

    private void Own(LiveRun run)
    {
        _live[run.Row.Id] = run;
        var owner = Task.Run(() => OwnAsync(run));
        _owners[run.Row.Id] = owner;
        owner.ContinueWith(_ => _owners.TryRemove(run.Row.Id, out Task? _), TaskScheduler.Default);
    }

    // Steps are told the server's address, which is known once it listens.
    private async Task OwnAsync(LiveRun run)
    {
        await _serving;
        await run.RunAsync(_stopping.Token);
    }

    private Task Serving(IHostApplicationLifetime lifetime)
    {
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => serving.TrySetResult());
        _stopping.Token.Register(() => serving.TrySetResult());
        return serving.Task;
    }

    private FlowGraph Compile(FlowDefinition definition, RunChildren children) => FlowGraph.Compile(definition, children.Find, _catalog);

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

/// <summary>Who or what starts a run, and where it belongs.</summary>
public sealed record RunOrigin(string ProjectId = "default", string Author = "local", string Trigger = "manual")
{
    /// <summary>The run's id, known before it starts; null makes one.</summary>
    public string? RunId { get; init; }
}
