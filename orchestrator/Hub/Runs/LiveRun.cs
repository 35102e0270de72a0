using System.Threading.Channels;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// One run that is not finished, and its only owner: takes events one after the other, journals them, and only then
/// carries out what follows from them.
/// </summary>
public sealed partial class LiveRun : IWatchedRun
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

    public void Cancel(string by)
    {
        _cancelled.Cancel();
        Post(new RunEvent.CancelRequested(by));
    }

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

    /// <summary>An event on its way to the run, and who waits until it is journalled.</summary>
    /// <param name="Again">Instead of an event: a job that waited for another and is handed out once more.</param>
    private readonly record struct Letter(RunEvent? Event, TaskCompletionSource<bool>? Journalled, RunEffect.Dispatch? Again = null)
    {
        public Action? Taken { get; init; }
    }
}
