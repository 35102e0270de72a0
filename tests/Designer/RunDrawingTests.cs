using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

public sealed class RunDrawingTests
{
    [Fact]
    public void A_wire_of_the_run_page_turns_round_between_the_rows_as_in_the_editor()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Draft.Apply(new FlowEdit.MoveNodes(new Dictionary<string, (double, double)> { ["fileSource1"] = (900, 0), ["splitRows1"] = (0, 400) }));

        var (_, wires) = RunDrawing.Of(session.Draft.Flow);

        var drop = RunDrawing.Height * .68;
        var data = Assert.Single(wires, wire => wire.Class == "data");
        Assert.Equal(Curve.Path(900 + RunDrawing.Width, drop, 0, 400 + drop), data.Path);
    }
}
