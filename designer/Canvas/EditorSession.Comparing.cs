using Flows.Contract.Definitions;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Holding the draft against an older version.</summary>
public sealed partial class EditorSession
{
    /// <summary>Null while nothing is compared.</summary>
    public FlowComparison? Comparison { get; private set; }

    public void Compare(FlowDefinition before)
    {
        Comparison = new FlowComparison(before, Draft.Flow, Scope?.Id, Catalog);
        Say(Comparison.Changes.Count == 0 ? "Nothing is different" : $"{Comparison.Changes.Count(ChangeWords.IsWorthTelling)} differences");
    }

    public void EndComparing()
    {
        Comparison = null;
        Say("Nothing is compared any more");
    }

    /// <summary>Makes the draft what a version was; one undo brings it back.</summary>
    public void Restore(FlowDefinition version, int number)
    {
        if (Apply(new FlowEdit.Replace(version.Json, $"Restored version {number}")) is null) Comparison = null;
        Changed?.Invoke();
    }

    // Edits and other bodies change what there is to see.
    private void CompareAgain()
    {
        if (Comparison is { } shown) Comparison = new FlowComparison(shown.Before, Draft.Flow, Scope?.Id, Catalog);
    }
}
