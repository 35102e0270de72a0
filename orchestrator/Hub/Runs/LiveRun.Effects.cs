using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>What follows from its events.</summary>
public sealed partial class LiveRun
{
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
