using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;

namespace Flows.Hub.Runs;

/// <summary>Its steps: those of the engine are carried out here, jobs are handed out.</summary>
public sealed partial class LiveRun
{
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
}
