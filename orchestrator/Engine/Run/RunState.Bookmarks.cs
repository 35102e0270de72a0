using System.Text.Json.Nodes;
using Flows.Contract.Approvals;
using Flows.Contract.Runs;
using Flows.Engine.Activities;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Steps that wait, and how they go on.</summary>
public sealed partial class RunState
{
    private void Suspend(Step step, DateTimeOffset? dueAt, int? retryAttempt = null)
    {
        Mark(step, bookmark => bookmark with { DueAt = dueAt, RetryAttempt = retryAttempt });
        _bookmarked[step.Node] = _bookmarked.GetValueOrDefault(step.Node) + 1;
        if (retryAttempt is null) Listen(step);
    }

    private void Mark(Step step, Func<BookmarkRecord, BookmarkRecord> with)
    {
        Become(step, StepStatus.Suspended);
        step.BookmarkId = $"{RunId}.{step.Id}.{++_bookmarkCount}";
        step.BookmarkNumber = _bookmarkCount;
        var bookmark = with(new BookmarkRecord(step.BookmarkId, step.Node.Id, step.Node.Type) { StepId = StepIdOf(step) });
        _bookmarks[_bookmarkCount] = (bookmark, step);
        _effects.Add(new RunEffect.Wait(bookmark));
    }

    private void Continue(Step step, JsonNode? input)
    {
        if (step.Status != StepStatus.Suspended) return;
        Log(step, "Resumed");
        var (retries, halted) = (step.WaitsToRetry, step.IsHalted);
        Become(step, StepStatus.Running);
        Forget(step);
        if (halted)
        {
            step.QueuedAt = _now;
            Commence(step);
            return;
        }
        if (retries)
        {
            TryAgain(step);
            return;
        }
        if (step.Node.Type == Approval.ActivityType)
        {
            Invoke(step, () => Answer(step, input as JsonObject));
            return;
        }
        Invoke(step, () =>
        {
            if (Stimulus.OutputsOf(step.Node.Type, input) is { } outputs) SetOutputs(step, outputs);
            Complete(step, Stimulus.OutcomesOf(step.Node.Type, input));
        });
    }

    // The id ends in the bookmark's number.
    private Step? FindBookmark(string id) => int.TryParse(id.AsSpan(id.LastIndexOf('.') + 1), out var number)
        && _bookmarks.TryGetValue(number, out var found) && found.Record.Id == id ? found.Step : null;

    private void Forget(Step step)
    {
        if (step.BookmarkId is null) return;
        StopListening(step.BookmarkId);
        step.BookmarkId = null;
        if (step.WaitsToRetry) _retrying--;
        step.WaitsToRetry = false;
        _bookmarks.Remove(step.BookmarkNumber);
        if (step.IsHalted) step.Halt = null;
        else if (--_bookmarked[step.Node] == 0) _bookmarked.Remove(step.Node);
    }
}
