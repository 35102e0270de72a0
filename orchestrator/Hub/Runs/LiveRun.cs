using System.Text.Json;
using System.Threading.Channels;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// One run that is not finished, and its only owner: takes events one after the other, journals them, and only then
/// carries out what follows from them.
/// </summary>
public sealed class LiveRun : IWatchedRun
{
    private readonly Channel<Letter> _inbox = Channel.CreateUnbounded<Letter>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly RunCompany _company;
    private readonly RunState _state;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource<RunRecord?> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<JobWrite.Add> _handed = [];
    private readonly List<Contract.Provenance.AttemptRecord> _recorded = [];
    private readonly List<Letter> _journalled = [];
    private readonly StateNews _news;
    private readonly RunTimers _timers;
    private readonly ParentStep? _parent;
    private Task _handedOver = Task.CompletedTask;
    private long _seq;
    private bool _isReopening;
    private RunSubStatus _marked;
    private bool _rests;

    public LiveRun(RunRow row, FlowGraph graph, RunCompany company)
    {
        (Row, _company, _marked) = (row, company, row.SubStatus);
        var request = KeptSteps.RequestOf(row);
        _state = new RunState(row.Id, graph) { KeepsKeys = request.Reproduces is not null };
        _news = new StateNews(_state, Summary);
        _parent = request.Parent;
        _rests = row.SubStatus == RunSubStatus.Suspended && request.Debug is null;
        Priority = RunPriority.Of(row, graph.Definition);
        _timers = new RunTimers(company.Time);
    }

    public RunRow Row { get; }

    /// <summary>What its flow and whoever started it say: jobs of higher priority go first.</summary>
    public int Priority { get; }

    /// <summary>What it may keep of the run that it goes on from.</summary>
    public KeptResults? Kept { get; init; }

    /// <summary>The run that it makes again.</summary>
    public Reproductions.RemadeRun? Remade { get; init; }

    public RunFeed Feed { get; } = new();

    /// <summary>Ends with the record when the run is finished; with null when it goes on elsewhere.</summary>
    public Task<RunRecord?> Finished => _finished.Task;

    public void Post(RunEvent happened) => _inbox.Writer.TryWrite(new Letter(happened, null));

    /// <summary>Ends when the event is in the journal, with true; with false when the run is over or no longer here.</summary>
    /// <param name="taken">Called in the run's own loop once the event is journalled, before anything follows from it.</param>
    public Task<bool> PostAsync(RunEvent happened, Action? taken = null)
    {
        if (happened is RunEvent.CancelRequested) _cancelled.Cancel();
        var journalled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _inbox.Writer.TryWrite(new Letter(happened, journalled) { Taken = taken }) ? journalled.Task : Task.FromResult(false);
    }

    /// <summary>Bookmarks that an event resumes.</summary>
    public IReadOnlyList<string> WaitingFor(string eventName, string? correlationId)
    {
        lock (_gate) return _state.WaitingFor(eventName, correlationId);
    }

    /// <summary>Evaluated inputs of the step that waits at a bookmark; null when there is none.</summary>
    public System.Text.Json.Nodes.JsonObject? InputsAt(string bookmarkId)
    {
        lock (_gate) return _state.InputsAt(bookmarkId);
    }

    public void Cancel(string by)
    {
        _cancelled.Cancel();
        Post(new RunEvent.CancelRequested(by));
    }

    public FlowActivity ActivityOf(int step) => _state.ActivityOf(step);

    public RunRecord ToRecord()
    {
        lock (_gate) return RunCompany.Completed(_state.ToRecord(), Row, _news.Progress);
    }

    public StepRecord StepRecord(int step)
    {
        lock (_gate) return _state.Step(step);
    }

    public void Progress(int step, double share, string? text)
    {
        StepRecord? record;
        lock (_gate) record = _news.Advance(step, share, text);
        if (record is not null) Feed.Publish([("step", record)]);
    }

    public RunSummary Summary()
    {
        lock (_gate) return Row.ToSummary() with { Status = _state.Status, SubStatus = _state.SubStatus };
    }

    /// <summary>Rebuilds the state from the journal; the effects that are still open are carried out again when it runs.</summary>
    public void Replay(IReadOnlyList<byte[]> events)
    {
        // Written once more: the server that journalled them may have died before it could.
        var records = new List<Contract.Provenance.AttemptRecord>();
        foreach (var body in events) Applied(JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!, records);
        _company.Records.KeepMissing(Row, records);
        _seq = events.Count;
        _news.Take(isWatched: false);
    }

    /// <summary>Steps that wait for something of a name.</summary>
    public IReadOnlyList<WaitingStep> Waiting()
    {
        lock (_gate) return _state.Waiting();
    }

    /// <summary>Enters the journal as its new owner: whoever wrote it until now is refused from here on.</summary>
    /// <exception cref="JournalTaken">The earlier owner wrote on meanwhile; what it wrote has to be read first.</exception>
    public Task SucceedAsync(string owner) => DecideAsync([new Letter(new RunEvent.OwnerChanged(owner), null)]);

    /// <summary>Owns the run until it is finished or let go.</summary>
    public async Task RunAsync(RunTenure tenure)
    {
        try
        {
            await ReopenAsync(tenure);
            if (_state.SubStatus == RunSubStatus.Pending) Post(_company.Begin(Row));
            while (await _inbox.Reader.WaitToReadAsync(tenure.Draining)) await TakeAsync(tenure);
        }
        catch (OperationCanceledException) when (tenure.Draining.IsCancellationRequested) { await LeaveAsync(tenure); }
        catch (JournalTaken) { LetGo(); }
        catch (Exception broken) { await InterruptAsync(broken); }
        finally
        {
            _timers.Dispose();
            Return();
        }
    }

    // What has arrived already is kept, and leads to nothing here any more.
    private async Task LeaveAsync(RunTenure tenure)
    {
        try
        {
            if (!tenure.Over.IsCancellationRequested) await TakeAsync(tenure);
        }
        catch (Exception broken) when (broken is OperationCanceledException or JournalTaken || PassingFault.Is(broken)) { /* the next owner has it done again */ }
        LetGo();
    }

    // The journal has all that is needed to go on; this machine must not go on with it.
    private void LetGo()
    {
        _company.Forget(this);
        _company.Answers.Settle(Row.Id, _state.SubStatus);
        _finished.TrySetResult(null);
        Feed.Close();
    }

    // What is still in the inbox is not in the journal.
    private void Return()
    {
        _inbox.Writer.TryComplete();
        while (_inbox.Reader.TryRead(out var letter)) letter.Journalled?.TrySetResult(false);
    }

    // Nothing that breaks here may take the server down; the journal has what is needed to go on at the next start.
    private async Task InterruptAsync(Exception broken)
    {
        await _company.InterruptAsync(Row, broken);
        _company.Forget(this);
        var record = ToRecord() with { SubStatus = RunSubStatus.Interrupted };
        Feed.End(RunCompany.Summary(record));
        _company.Answers.Settle(Row.Id, record.SubStatus);
        _inbox.Writer.TryComplete();
        _finished.TrySetResult(record);
    }

    // Jobs that are at other machines go on there; what nobody waits for any more ends.
    private async Task ReopenAsync(RunTenure tenure)
    {
        var open = Reopened();
        if (_isReopening = _seq > 0) await _company.Jobs.KeepOnlyAsync(Row.Id, open.OfType<RunEffect.Dispatch>().Select(dispatch => dispatch.Step));
        await FollowAsync(open, tenure);
        // Before a letter is read: the result in it removes the job that a step is not begun again for.
        if (_isReopening) await _handedOver;
        _isReopening = false;
    }

    // The server may have died between a run's last event and writing down that it is over.
    private IReadOnlyList<RunEffect> Reopened()
    {
        lock (_gate) return _state.Status == RunStatus.Finished ? [new RunEffect.End(_state.SubStatus)] : _state.Pending();
    }

    private async Task TakeAsync(RunTenure tenure)
    {
        var letters = new List<Letter>();
        while (letters.Count < 256 && _inbox.Reader.TryRead(out var letter)) letters.Add(letter);
        var effects = await DecideAsync(letters.FindAll(letter => letter.Event is not null));
        letters.ForEach(letter => letter.Taken?.Invoke());
        _journalled.AddRange(letters);
        try { await FollowAsync([.. effects, .. Again(letters)], tenure); }
        finally { Acknowledge(); }
        await MarkAsync();
    }

    private void Acknowledge()
    {
        _journalled.ForEach(letter => letter.Journalled?.TrySetResult(true));
        _journalled.Clear();
    }

    private IEnumerable<RunEffect> Again(List<Letter> letters) => letters.Select(letter => letter.Again).OfType<RunEffect.Dispatch>().Where(_state.IsOpen);

    // An inline step answers at once: what it leads to is decided here, without a turn through the inbox.
    private async Task FollowAsync(IReadOnlyList<RunEffect> effects, RunTenure tenure)
    {
        var open = new Queue<RunEffect>(effects);
        while (open.TryDequeue(out var effect))
        {
            if (effect is not RunEffect.Dispatch) HandOver();
            if (tenure.Draining.IsCancellationRequested && effect is not (RunEffect.End or RunEffect.Abandon)) continue;
            var carriedOut = CarryOutAsync(effect, tenure.Over);
            if (!carriedOut.IsCompleted) Acknowledge();
            if (await carriedOut is not { } answer) continue;
            foreach (var next in await DecideAsync([new Letter(answer, null)])) open.Enqueue(next);
        }
        HandOver();
    }

    // Jobs that begin together are written down and placed together: before whoever told of a job's end removes that, and before records
    // of what ended, for which only the run's end waits.
    private void HandOver()
    {
        HandJobsOver();
        Acknowledge();
        _recorded.ForEach(record => _company.Records.Keep(Row, record));
        _recorded.Clear();
    }

    private void HandJobsOver()
    {
        if (_handed.Count == 0) return;
        var written = _company.Jobs.EnqueueAsync(this, [.. _handed]);
        _handedOver = _isReopening ? Task.WhenAll(_handedOver, written) : written;
        _handed.Clear();
    }

    // The row follows only into and out of waiting: a run that never waits costs no write but its first and last.
    private async Task MarkAsync()
    {
        var now = Summary();
        if (now.SubStatus == RunSubStatus.Suspended) _company.Answers.Settle(Row.Id, now.SubStatus);
        await CorrelateAsync();
        if (now.Status == RunStatus.Finished) return;
        if ((now.SubStatus == RunSubStatus.Suspended) != (_marked == RunSubStatus.Suspended))
        {
            _marked = now.SubStatus;
            await _company.Store.MarkAsync(Row, now.Status, now.SubStatus);
        }
        // One that stopped for a person has more to do at once, which its parent waits for.
        var rests = now.SubStatus == RunSubStatus.Suspended && !_state.IsHalted;
        if (rests && !_rests) await ReportAsync(ToRecord());
        _rests = rests;
    }

    // Starts of other runs ask by it.
    private async Task CorrelateAsync()
    {
        if (_state.Correlation is not { } correlation || correlation == Row.CorrelationId) return;
        Row.CorrelationId = correlation;
        await _company.Store.CorrelateAsync(Row.Id, correlation);
    }

    // Journal first, then effects: after a crash a step may be done twice, but no result is ever forgotten.
    private async Task<IReadOnlyList<RunEffect>> DecideAsync(List<Letter> letters)
    {
        if (letters.Count == 0) return [];
        var events = letters.ConvertAll(letter => letter.Event! with { At = _company.Time.GetUtcNow() });
        var bodies = events.ConvertAll(happened => JsonSerializer.SerializeToUtf8Bytes(happened, ContractJson.Options));
        var effects = new List<RunEffect>();
        WaitChanges waits;
        lock (_gate)
        {
            foreach (var happened in events) effects.AddRange(Applied(happened, _recorded));
            waits = _state.TakeWaitChanges();
        }
        try { await JournalAsync(bodies, waits); }
        catch
        {
            foreach (var letter in letters) letter.Journalled?.TrySetResult(false);
            throw;
        }
        foreach (var ended in events.OfType<RunEvent.StepEnded>()) await _company.Cache.EndedAsync(Row, ended);
        Publish();
        return effects;
    }

    // What the engine does itself has no facts, and costs nothing here.
    private IReadOnlyList<RunEffect> Applied(RunEvent happened, List<Contract.Provenance.AttemptRecord> records)
    {
        if (happened is not RunEvent.StepEnded { Result.Facts: not null } ended || !_state.Accepts(ended)) return _state.Apply(happened).Effects;
        var before = _state.Step(ended.Step);
        var effects = _state.Apply(happened).Effects;
        records.Add(Records.AttemptReading.Of(Row, before, _state.Step(ended.Step).Inputs, ended));
        return effects;
    }

    private async Task JournalAsync(List<byte[]> bodies, WaitChanges waits)
    {
        await _company.Waiting.KeepAsync(Row, waits.Came);
        await _company.Journal.AppendAsync(Row.Id, _seq, bodies);
        _seq += bodies.Count;
        await _company.Approvals.FollowAsync(this, waits);
        if (_state.Status != RunStatus.Finished) _ = _company.Waiting.ForgetAsync(waits.Gone);
    }

    private void Publish()
    {
        IReadOnlyList<(string Kind, object Data)> news;
        lock (_gate) news = _news.Take(Feed.IsWatched);
        Feed.Publish(news);
    }

    private async Task<RunEvent?> CarryOutAsync(RunEffect effect, CancellationToken stopping)
    {
        switch (effect)
        {
            case RunEffect.Execute execute: return await ExecuteAsync(execute, stopping);
            case RunEffect.Dispatch dispatch: return await DispatchAsync(dispatch, stopping);
            case RunEffect.Wait { Bookmark: { DueAt: { } due } bookmark }: _timers.Set(this, bookmark.Id, due); break;
            case RunEffect.Abandon abandon:
                _company.Cache.Leave(Row.Id, abandon.Step);
                _company.Jobs.Abandon(Row.Id, abandon.Step);
                break;
            case RunEffect.Publish publish: _ = PublishAsync(publish); break;
            case RunEffect.StartChild start: _ = StartChildAsync(start); break;
            case RunEffect.Respond respond: _company.Answers.Respond(Row.Id, respond.Response); break;
            case RunEffect.End: await EndAsync(); break;
        }
        return null;
    }

    private async Task<RunEvent> ExecuteAsync(RunEffect.Execute execute, CancellationToken stopping)
    {
        // A loop of inline steps never comes back to the inbox: it is asked here whether it may go on.
        stopping.ThrowIfCancellationRequested();
        if (_cancelled.IsCancellationRequested) return new RunEvent.CancelRequested("user");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _cancelled.Token);
        try
        {
            if (PinOf(execute.Step) is { } pinned) return new RunEvent.StepEnded(execute.Step, execute.Attempt, pinned);
            if ((Remade?.TakenFor(_state, execute.Step) ?? KeptOf(execute.Step)) is { } kept) return new RunEvent.StepEnded(execute.Step, execute.Attempt, kept);
            var limit = new TimeLimit(_state.ActivityOf(execute.Step), _company.Time);
            // What does not listen is left behind when the run is let go.
            var result = await limit.RunAsync(token => _company.Executor.ExecuteAsync(_state, execute.Step, inputs => _company.Context(this, execute.Step, inputs), token).AsTask(), either.Token).WaitAsync(stopping);
            // Nothing outside is waited for a second time.
            if (result.Suspend && Remade is { } remade) result = remade.Result(_state, execute.Step);
            return new RunEvent.StepEnded(execute.Step, execute.Attempt, Kept?.Compared(_state, execute.Step, result) ?? result);
        }
        catch (OperationCanceledException) when (_cancelled.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return new RunEvent.CancelRequested("user");
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return new RunEvent.StepEnded(execute.Step, execute.Attempt, new StepResult { Fault = $"{broken.GetType().Name}: {broken.Message}" });
        }
        finally
        {
            if (IsOfClass(execute.Step)) await _company.CleanUpAsync(this, execute.Step);
        }
    }

    private StepResult? PinOf(int step) => _state.PinOf(step) is { } pinned ? Kept?.Pinned(_state, step, pinned) ?? pinned : null;

    // Inputs that cannot be evaluated fault when the step is carried out.
    private StepResult? KeptOf(int step)
    {
        try { return Kept?.For(_state, step, _company.Executor.EvaluateInputs(_state, step)); }
        catch (Contract.Activities.ActivityFault) { return null; }
    }

    // Beside the run's loop: two runs may announce something to each other, or one to itself.
    private async Task PublishAsync(RunEffect.Publish publish)
    {
        if (publish.IsLocal || Remade is not null)
        {
            foreach (var bookmark in WaitingFor(publish.EventName, publish.CorrelationId)) Post(new RunEvent.BookmarkResumed(bookmark, publish.Payload?.DeepClone()));
            Post(new RunEvent.EventDelivered(publish.Step));
            return;
        }
        await _company.Deliver(new EventNews(publish.EventName, publish.Payload, publish.CorrelationId)
        {
            Origin = new EventOrigin(Row.Id, publish.Step, StepRecord(publish.Step).FinishedAt ?? Row.CreatedAt),
        });
        Post(new RunEvent.EventDelivered(publish.Step));
    }

    // Beside the run's loop: a child may tell its parent something before its start is acknowledged.
    private async Task StartChildAsync(RunEffect.StartChild start)
    {
        try { Post(await _company.Family.StartAsync(Row, start)); }
        catch (Exception broken) when (broken is not OperationCanceledException) { Post(new RunEvent.ChildStarted(start.Step, start.Child.RunId, $"{broken.GetType().Name}: {broken.Message}")); }
    }

    private async Task ReportAsync(RunRecord record)
    {
        if (_parent is { } parent && (record.Status == RunStatus.Finished ? parent.Report != nameof(ChildReport.Never) : parent.Report == nameof(ChildReport.Settled)))
            await _company.Family.ReportAsync(parent, record);
    }

    /// <summary>An event on its way to the run, and who waits until it is journalled.</summary>
    /// <param name="Again">Instead of an event: a job that waited for another and is handed out once more.</param>
    private readonly record struct Letter(RunEvent? Event, TaskCompletionSource<bool>? Journalled, RunEffect.Dispatch? Again = null)
    {
        public Action? Taken { get; init; }
    }

    private bool IsOfClass(int step) => _company.Executor.Catalog.HasClass(_state.ActivityOf(step).Type);

    private async Task<RunEvent?> DispatchAsync(RunEffect.Dispatch dispatch, CancellationToken stopping)
    {
        try
        {
            if (PinOf(dispatch.Step) is { } pinned) return new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, pinned);
            var inputs = _company.Executor.EvaluateInputs(_state, dispatch.Step);
            if ((Remade?.TakenFor(_state, dispatch.Step) ?? Kept?.For(_state, dispatch.Step, inputs)) is { } kept) return new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, kept);
            switch (await _company.Cache.AskAsync(new Cache.CacheAsker(Row, dispatch.Step, () => _inbox.Writer.TryWrite(new Letter(null, null, dispatch))), _state.ActivityOf(dispatch.Step), inputs, _company.Files(Row), stopping))
            {
                case Cache.CacheAnswer.Hit hit: return new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, hit.Result);
                case Cache.CacheAnswer.Waits: return null;
            }
            var activity = Remade?.WithRecipe(_state, dispatch.Step, _state.ActivityOf(dispatch.Step)) ?? _state.ActivityOf(dispatch.Step);
            _handed.Add(_company.Jobs.Job(this, dispatch, (activity, inputs), _isReopening ? StepRecord(dispatch.Step).Attempt : null));
            return null;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            var fault = broken is Contract.Activities.ActivityFault ? broken.Message : $"{broken.GetType().Name}: {broken.Message}";
            return new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, new StepResult { Fault = fault });
        }
    }

    private async Task EndAsync()
    {
        var record = ToRecord();
        // Before the run is marked as over: a server that dies in between does it again.
        await ReportAsync(record);
        if (record.SubStatus == RunSubStatus.Cancelled) await _company.Family.CancelChildrenAsync(Row.Id);
        if (Remade is not null) await _company.Judge(Row, record);
        await _company.Store.EndAsync(Row.Id, record);
        _company.Forget(this);
        Feed.End(RunCompany.Summary(record));
        _company.Answers.Settle(Row.Id, record.SubStatus);
        _inbox.Writer.TryComplete();
        _finished.TrySetResult(record);
    }
}
