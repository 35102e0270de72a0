using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>A flow being edited: applies edits to its JSON, keeps every one of them for undo, knows where each activity stands.</summary>
public sealed class FlowDraft(FlowDefinition flow)
{
    private readonly Stack<Done> _undo = new();
    private readonly Stack<Done> _redo = new();
    private readonly FreshIds _ids = new();
    private DraftIndex? _index;

    public FlowDefinition Flow { get; } = flow;

    /// <summary>Grows with every change, also with undo: what is saved compares it.</summary>
    public long Revision { get; private set; }

    /// <summary>The same for all but places on the canvas: what is read off the flow's content compares it.</summary>
    public long ContentRevision { get; private set; }

    public bool CanUndo => _undo.Count > 0;

    public bool CanRedo => _redo.Count > 0;

    public string? UndoSays => CanUndo ? _undo.Peek().Edit.Says : null;

    public string? RedoSays => CanRedo ? _redo.Peek().Edit.Says : null;

    public event Action<DraftChange>? Changed;

    public DraftIndex Index => _index ??= new DraftIndex(Flow, _ids);

    public FlowActivity? Find(string id) => Index.Find(id);

    /// <returns>Null when done; else why not, and nothing has changed.</returns>
    public string? Apply(FlowEdit edit)
    {
        var work = new EditWork(this);
        var refusal = work.Perform(edit);
        if (refusal is not null)
        {
            work.Ledger.Undo();
            _index = null;
            return refusal;
        }
        if (work.Ledger.IsEmpty) return null;
        _undo.Push(new Done(edit, work.Ledger, work.Change));
        _redo.Clear();
        Announce(work.Change);
        return null;
    }

    public FlowEdit? Undo() => Step(_undo, _redo, done => done.Ledger.Undo());

    public FlowEdit? Redo() => Step(_redo, _undo, done => done.Ledger.Redo());

    /// <summary>The index no longer holds: activities came or went.</summary>
    internal void Reindex() => _index = null;

    private FlowEdit? Step(Stack<Done> from, Stack<Done> to, Action<Done> walk)
    {
        if (!from.TryPop(out var done)) return null;
        walk(done);
        to.Push(done);
        if (!done.Change.OnlyMoved) _index = null;
        Announce(done.Change);
        return done.Edit;
    }

    private void Announce(DraftChange change)
    {
        Revision++;
        if (!change.OnlyMoved) ContentRevision++;
        Changed?.Invoke(change);
    }

    private sealed record Done(FlowEdit Edit, JsonLedger Ledger, DraftChange Change);
}

/// <summary>What an edit, or undoing it, was about.</summary>
/// <param name="Touched">Ids of activities whose own JSON changed; null when any may have.</param>
/// <param name="OnlyMoved">Nothing changed but places on the canvas.</param>
public sealed record DraftChange(IReadOnlySet<string>? Touched, bool OnlyMoved = false);
