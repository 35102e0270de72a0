namespace Flows.Designer.Inspector.Code;

/// <summary>A word that the code editor offers while one writes.</summary>
/// <param name="Kind">CodeMirror's name for what it is, which chooses the icon: <c>variable</c>, <c>function</c>, <c>property</c>, <c>type</c>, <c>text</c>.</param>
/// <param name="Detail">What it is, in a few words.</param>
public sealed record CodeWord(string Label, string Kind, string Detail)
{
    /// <summary>Offered only behind one of these texts, such as <c>variables.</c>; empty: wherever a word may begin.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>What is written in its place; null for the label.</summary>
    public string? Apply { get; init; }
}
