using System.Collections.Concurrent;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Triggers;
using Flows.Hub.Flows;
using Flows.Hub.Orchestrators;
using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>Owns every run of this server that is not finished: starts them, takes up those that an earlier process left, hands events on.</summary>
public sealed partial class RunHost : IHostedService
{
    // A run that went elsewhere is looked at in the database, for its end.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, LiveRun> _live = [];
    private readonly ConcurrentDictionary<string, Task> _owners = [];
    private readonly ConcurrentDictionary<string, byte> _rebuilding = [];
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;
    private readonly RunCompany _company;
    private readonly RunTokens _tokens;
    private readonly IFlowLookup _flows;
    private readonly CompiledFlows _compiled;
    private readonly IJournal _journal;
    private readonly KeptSteps _kept;
    private readonly Reproductions.RemadeRuns _remade;
    private readonly FlowInspection _inspection;
    private readonly RunMail _mail;
    private readonly Orchestrator _self;
    private readonly TriggerIndex _triggers;
    private readonly Lazy<FireBook> _fires;
    private readonly TriggerBook _fired;
    private readonly Lease _lease;
    private readonly RunClaims _claims;
    private readonly Signals _signals;
    private readonly OrchestratorOptions _options;
    private readonly DiskRoom _room;

    public RunHost(IServiceProvider services, IFlowLookup flows, ActivityCatalog catalog, IJournal journal, RunTokens tokens)
    {
        (_flows, _compiled, _journal, _tokens) = (flows, new CompiledFlows(catalog), journal, tokens);
        _kept = services.GetRequiredService<KeptSteps>();
        _remade = services.GetRequiredService<Reproductions.RemadeRuns>();
        _inspection = services.GetRequiredService<FlowInspection>();
        _mail = services.GetRequiredService<RunMail>();
        _self = services.GetRequiredService<Orchestrator>();
        _triggers = services.GetRequiredService<TriggerIndex>();
        // What fires starts runs here.
        _fires = new(services.GetRequiredService<FireBook>);
        _fired = services.GetRequiredService<TriggerBook>();
        _room = services.GetRequiredService<DiskRoom>();
        _lease = services.GetRequiredService<Lease>();
        _signals = services.GetRequiredService<Signals>();
        _claims = services.GetRequiredService<RunClaims>();
        _options = services.GetRequiredService<HubOptions>().Orchestrators;
        Stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _serving = Serving(services.GetRequiredService<IHostApplicationLifetime>());
        _company = Company(services);
    }

    /// <summary>The server is asked to stop: whoever waits for a run is let go.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>An id for a run that starts now; ids sort by time.</summary>
    public string NewId() => RunIds.New(_company.Time.GetUtcNow());

    /// <summary>Asked before a run is taken from outside; what runs that were taken start waits instead.</summary>
    /// <exception cref="RequestFault">507: there is no room on a disk.</exception>
    public void DemandRoom() => _room.Demand(_company.Store.IsFull);

    public LiveRun? Find(string runId) => _live.GetValueOrDefault(runId) is { } run && Sight.Current.Sees(run.Row) ? run : null;

    public IEnumerable<LiveRun> Live => _live.Values.Where(run => Sight.Current.Sees(run.Row));

    /// <summary>Ends with the run's record once it is over, wherever it is by then.</summary>
    public async Task<RunRecord> EndOfAsync(string runId, CancellationToken cancellation)
    {
        using var look = new PeriodicTimer(BetweenLooks, _company.Time);
        while (true)
        {
            if (Find(runId) is { } live && await live.Finished.WaitAsync(cancellation) is { } record) return record;
            if ((await _company.Store.FindAsync(runId, cancellation))?.Record is { } kept) return JsonSerializer.Deserialize<RunRecord>(kept, ContractJson.Options)!;
            await look.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>
    /// Hands an event to a run wherever it is: at once when it lives here, else by its owner, whom a row of the database
    /// waits for. It may come twice: its step's attempt or its bookmark tells that.
    /// </summary>
    public async Task<Posted> PostAsync(string runId, RunEvent happened, CancellationToken cancellation = default) =>
        Find(runId) is { } live && await live.PostAsync(happened).WaitAsync(cancellation)
            ? Posted.Delivered
            : await _mail.KeepAsync(runId, happened, cancellation);

    public Task StartAsync(CancellationToken cancellation)
    {
        _company.RemoveLeftovers();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Begins nothing more, gives what runs inline some time to come to its end, then hands every run over: the journal
    /// has all that is needed to go on.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _draining.CancelAsync();
        await Task.WhenAll(_owners.Values).WaitAsync(_options.Drain, _company.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _over.CancelAsync();
        await Task.WhenAll(_owners.Values).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await HandOverAsync(cancellation).WaitAsync(_options.DeadAfter, _company.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task HandOverAsync(CancellationToken cancellation)
    {
        if (await _claims.HandOverAsync(cancellation) > 0) await _company.Store.WriteAsync(db => _signals.Send(db, RunSuccession.Topic, ""));
    }

    private RunCompany Company(IServiceProvider services) => new(
        _journal,
        services.GetRequiredService<RunStore>(),
        services.GetRequiredService<StepExecutor>(),
        services.GetRequiredService<StepContexts>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<RunCompany>>())
    {
        Jobs = services.GetRequiredService<StepJobs>(),
        Waiting = services.GetRequiredService<WaitingSteps>(),
        Approvals = services.GetRequiredService<Approvals.ApprovalBook>(),
        Logs = services.GetRequiredService<Logs.StepLogs>(),
        Progress = services.GetRequiredService<StepProgress>(),
        Cache = services.GetRequiredService<Cache.StepCache>(),
        Records = services.GetRequiredService<Records.AttemptRecords>(),
        Judge = services.GetRequiredService<Reproductions.VerdictBook>().JudgeAsync,
        Files = row => services.GetRequiredService<Func<string, Contract.Artifacts.IFlowFiles>>()(row.DefinitionId),
        Answers = services.GetRequiredService<Endpoints.HttpAnswers>(),
        Tokens = _tokens,
        Family = new RunFamily(this, services.GetRequiredService<RunStore>(), _flows),
        Deliver = async news => (await DeliverAsync(news)).Delivered,
        Forget = run =>
        {
            _company.Cache.Forget(run.Row.Id);
            _live.TryRemove(KeyValuePair.Create(run.Row.Id, run));
            _tokens.Revoke(run.Row.Id);
        },
    };

    /// <summary>Goes on with a run of this orchestrator's that is not live here, as its journal has it.</summary>
    internal async Task TakeUpAsync(RunRow row)
    {
        if (_owners.TryGetValue(row.Id, out var earlier)) await earlier;
        if (_draining.IsCancellationRequested || _live.ContainsKey(row.Id) || !_rebuilding.TryAdd(row.Id, 0)) return;
        try { Own(await RebuildAsync(row)); }
        catch (Exception broken) { await _company.InterruptAsync(row, broken); }
        finally { _rebuilding.TryRemove(row.Id, out _); }
    }

    /// <summary>The same for one that may have ended or gone meanwhile.</summary>
    internal async Task TakeUpAgainAsync(string runId)
    {
        if (_owners.TryGetValue(runId, out var earlier)) await earlier;
        if (await _company.Store.FindAsync(runId) is { Status: RunStatus.Running } row && row.OwnerId == _self.Id) await TakeUpAsync(row);
    }

    private async Task<LiveRun> RebuildAsync(RunRow row)
    {
        using var own = Sight.Of(row).Enter();
        var definition = await _company.Store.DefinitionAsync(row.DefinitionDigest);
        var (graph, kept, remade) = (_compiled.Of(definition, row.DefinitionDigest, (await RunChildren.OfAsync(row, _company.Store, _flows)).Find), await _kept.OfAsync(row), await _remade.OfAsync(row));
        for (var attempt = 0; ; attempt++)
        {
            var run = new LiveRun(row, graph, _company) { Kept = kept, Remade = remade };
            run.Replay(_journal.Read(row.Id));
            try { await run.SucceedAsync(_self.Id); }
            // An owner that was taken for dead and is not: it is refused the next time.
            catch (JournalTaken) when (attempt < 20) { continue; }
            await _company.Waiting.ReplaceAsync(row, run.Waiting());
            await _company.Approvals.FollowAsync(run, new WaitChanges(run.Waiting(), []));
            return run;
        }
    }

    private void Own(LiveRun run)
    {
        _live[run.Row.Id] = run;
        var owner = Task.Run(() => OwnAsync(run));
        _owners[run.Row.Id] = owner;
        owner.ContinueWith(ended => _owners.TryRemove(KeyValuePair.Create(run.Row.Id, ended)), TaskScheduler.Default);
    }

    // Steps are told the server's address, which is known once it listens.
    private async Task OwnAsync(LiveRun run)
    {
        // A run goes on after whoever started it has gone, and sees its own project.
        using var own = Sight.Of(run.Row).Enter();
        await _serving;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, _lease.Term);
        using var draining = CancellationTokenSource.CreateLinkedTokenSource(_draining.Token, over.Token);
        await run.RunAsync(new RunTenure(draining.Token, over.Token));
    }

    private Task Serving(IHostApplicationLifetime lifetime)
    {
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => serving.TrySetResult());
        _draining.Token.Register(() => serving.TrySetResult());
        return serving.Task;
    }
}
