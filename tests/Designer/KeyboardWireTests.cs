using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class KeyboardWireTests
{
    [Fact]
    public void A_chosen_wire_is_called_by_its_ends_and_one_that_is_gone_chooses_nothing()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var wire = session.Graph.Wires.Single(one => one.Kind == WireKind.Data);

        session.ChooseWire("Data|none|x|none|y");
        Assert.Null(session.Selection.Wire);
        session.ChooseWire(wire.Key);

        Assert.Equal("Wire File source table → Split rows rows selected; Delete removes it", session.Said);
        session.Remove();
        Assert.DoesNotContain(session.Graph.Wires, one => one.Kind == WireKind.Data);
    }
}
