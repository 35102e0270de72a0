using System.Net;
using Flows.Contract.Checks;
using Flows.Designer.Api;

namespace Flows.Designer.Editing;

public enum SaveState { Saved, Waiting, Saving, Conflict, Failed }

/// <summary>Saves a draft a moment after its last change. A draft that someone else changed meanwhile is never overwritten unasked.</summary>
public sealed class DraftSaver(FlowDraft draft, FlowsApi api, TimeProvider time, string? etag) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);
    private readonly SemaphoreSlim _one = new(1);
    private ITimer? _timer;
    private long _saved = draft.Revision;
    private string? _etag = etag;

    public SaveState State { get; private set; } = SaveState.Saved;

    public string? Problem { get; private set; }

    public event Action? Changed;

    /// <summary>What the server finds in the newest draft.</summary>
    public event Action<IReadOnlyList<FlowProblem>>? Checked;

    public void Start() => draft.Changed += OnChanged;

    /// <summary>Saves now what is not saved yet.</summary>
    /// <returns>True when the server has the newest draft.</returns>
    public async Task<bool> SaveAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (State == SaveState.Conflict) return false;
            while (_saved != draft.Revision)
                if (!await PutAsync()) return false;
            return true;
        }
        finally { _one.Release(); }
    }

    /// <summary>After a conflict: this draft wins.</summary>
    public Task<bool> KeepMineAsync()
    {
        _etag = null;
        Show(SaveState.Waiting);
        _saved = -1;
        return SaveAsync();
    }

    private async Task<bool> PutAsync()
    {
        var revision = draft.Revision;
        Show(SaveState.Saving);
        try
        {
            var saved = await api.SaveFlowAsync(draft.Flow, _etag);
            _etag = saved.ETag;
            _saved = revision;
            if (_saved == draft.Revision) Checked?.Invoke(saved.Problems);
            Show(_saved == draft.Revision ? SaveState.Saved : SaveState.Waiting);
            return true;
        }
        catch (ApiProblem problem)
        {
            Show(problem.Status == HttpStatusCode.PreconditionFailed ? SaveState.Conflict : SaveState.Failed, problem.Message);
            return false;
        }
    }

    private void OnChanged(IReadOnlySet<string>? touched)
    {
        if (State == SaveState.Conflict) return;
        Show(SaveState.Waiting);
        _timer ??= time.CreateTimer(_ => _ = SaveAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    private void Show(SaveState state, string? problem = null)
    {
        (State, Problem) = (state, problem);
        Changed?.Invoke();
    }

    public void Dispose()
    {
        draft.Changed -= OnChanged;
        _timer?.Dispose();
        _one.Dispose();
    }
}
