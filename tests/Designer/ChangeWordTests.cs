using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class ChangeWordTests
{
    [Fact]
    public void What_somebody_else_did_is_told_in_whole_sentences()
    {
        string Tell(FlowChange change) => ChangeWords.Tell(change, id => id.ToUpperInvariant());

        Assert.Equal("The title was changed to “Theirs b”.", Tell(new FlowChange.Changed("b", "metadata.displayText", null, "Theirs b")));
        Assert.Equal("The title “B” was changed to “Theirs b”.", Tell(new FlowChange.Changed("b", "metadata.displayText", "B", "Theirs b")));
        Assert.Equal("TrainShare of “B” was set to “0.7”.", Tell(new FlowChange.Changed("b", "trainShare", null, FlowInput.Literal("Double", 0.7))));
        Assert.Equal("Name of the flow was set to “Sales”.", Tell(new FlowChange.Changed(null, "name", "Old", "Sales")));
        Assert.Equal("Text of “B” was taken away.", Tell(new FlowChange.Changed("b", "text", "x", null)));
        Assert.Equal("“A” was added.", Tell(new FlowChange.NodeAdded("a", "A")));
    }
}
