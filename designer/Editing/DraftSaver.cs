using System.Net;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Designer.Api;

namespace Flows.Designer.Editing;

public enum SaveState { Saved, Waiting, Saving, Conflict, Failed }

/// <summary>
/// Saves a draft a moment after its last change. What somebody else saved meanwhile is merged in by node, property and wire;
/// where both changed the same, a person decides. Nothing is overwritten unasked.
/// </summary>
public sealed class DraftSaver(FlowDraft draft, FlowsApi api, TimeProvider time, LoadedFlow loaded) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);
    private readonly SemaphoreSlim _one = new(1);
    private ITimer? _timer;
    private long _saved = draft.Revision;
    private string? _etag = loaded.ETag;

    // What the server had when draft and server were last the same; read only when they part.
    private string _before = loaded.Text;
    private LoadedFlow? _theirs;

    public SaveState State { get; private set; } = SaveState.Saved;

    public string DefinitionId => draft.Flow.DefinitionId;

    /// <summary>What the draft has and the server does not; null when both have the same.</summary>
    public UnsavedDraft? Unsaved => _saved == draft.Revision ? null : new UnsavedDraft(_before, _etag, draft.Flow.Json.ToJsonString(ContractJson.Options));

    /// <summary>Whether saving by itself had better wait a little.</summary>
    public Func<bool>? Waits { get; set; }

    public string? Problem { get; private set; }

    /// <summary>What a person has to decide before the draft can be saved.</summary>
    public IReadOnlyList<MergeConflict> Conflicts { get; private set; } = [];

    public event Action? Changed;

    /// <summary>Somebody else's changes came into the draft.</summary>
    public event Action<IReadOnlyList<FlowChange>>? Merged;

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

    /// <summary>Decides the conflicts and saves.</summary>
    public async Task<bool> DecideAsync(Func<MergeConflict, MergeSide> choose)
    {
        if (_theirs is not { } theirs) return false;
        TakeIn(theirs, Merge(theirs, choose));
        Show(SaveState.Waiting);
        return await SaveAsync();
    }

    /// <summary>Takes in what somebody else saved, when the server's newest draft is another one than was read or saved last.</summary>
    /// <param name="tag">Of the server's newest draft.</param>
    public async Task CatchUpAsync(string tag)
    {
        if (tag.Length == 0 || tag == _etag || State == SaveState.Conflict) return;
        await _one.WaitAsync();
        try
        {
            // What was saved from here while it waited may have been the news.
            if (tag != _etag && State != SaveState.Conflict) await MergeAsync();
        }
        finally { _one.Release(); }
    }

    private async Task<bool> PutAsync()
    {
        var revision = draft.Revision;
        Show(SaveState.Saving);
        try
        {
            var text = draft.Flow.Json.ToJsonString(ContractJson.Options);
            var saved = await api.SaveFlowAsync(draft.Flow.DefinitionId, text, _etag);
            (_etag, _before, _saved) = (saved.ETag, text, revision);
            Show(_saved == draft.Revision ? SaveState.Saved : SaveState.Waiting);
            return true;
        }
        catch (ApiProblem problem) when (problem.Status == HttpStatusCode.PreconditionFailed) { return await MergeAsync(); }
        catch (ApiProblem problem)
        {
            Show(SaveState.Failed, problem.Message);
            return false;
        }
    }

    private async Task<bool> MergeAsync()
    {
        try
        {
            var theirs = await api.FlowAsync(draft.Flow.DefinitionId);
            if (theirs.ETag == _etag) return true;
            _theirs = theirs;
            var merged = Merge(_theirs, null);
            Conflicts = merged.Conflicts;
            if (merged.IsClean) TakeIn(_theirs, merged);
            else Show(SaveState.Conflict);
            return merged.IsClean;
        }
        catch (ApiProblem problem)
        {
            Show(SaveState.Failed, problem.Message);
            return false;
        }
    }

    private MergedFlow Merge(LoadedFlow theirs, Func<MergeConflict, MergeSide>? choose) =>
        FlowMerge.Of(FlowFile.ReadOne(_before), draft.Flow, theirs.Definition, choose);

    private void TakeIn(LoadedFlow theirs, MergedFlow merged)
    {
        var (news, wasSaved) = (FlowDiff.Between(draft.Flow, merged.Flow), _saved == draft.Revision);
        (_before, _etag, _theirs, Conflicts) = (theirs.Text, theirs.ETag, null, []);
        draft.Apply(new FlowEdit.Replace(merged.Flow.Json, "Merged in what somebody else saved"));
        if (news.Count > 0) Merged?.Invoke(news);
        if (!wasSaved) return;
        // Nothing of one's own is in it: saving it again would only be news to the others.
        _saved = draft.Revision;
        Show(SaveState.Saved);
    }

    private void OnChanged(DraftChange change)
    {
        if (State == SaveState.Conflict) return;
        Show(SaveState.Waiting);
        _timer ??= time.CreateTimer(_ => Save(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    private void Save()
    {
        if (Waits?.Invoke() == true) _timer?.Change(Pause, Timeout.InfiniteTimeSpan);
        else _ = SaveAsync();
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
