using System.Runtime.CompilerServices;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Turns an activity into what is drawn: its size, its ports and where they sit.</summary>
public static class NodeShape
{
    // Ports of the activities that have just those of their descriptor: nearly all, and thousands of one type.
    private static readonly ConditionalWeakTable<ActivityDescriptor, StrongBox<(IReadOnlyList<CanvasPort>, double)>> Plain = [];

    public static CanvasNode Of(FlowActivity activity, ActivityCatalog catalog, (double X, double Y) at)
    {
        var descriptor = catalog.Find(activity.Type);
        var known = descriptor ?? new ActivityDescriptor { Type = activity.Type, DisplayName = activity.Type.Split('.')[^1], Category = "Unknown" };
        var (reads, writes) = DataWires.Of(activity);
        var (ports, height) = descriptor is not null && IsPlain(activity, descriptor, reads, writes)
            ? Plain.GetValue(descriptor, _ => new(Ports(activity, known, reads, writes))).Value
            : Ports(activity, known, reads, writes);
        return new CanvasNode
        {
            Id = activity.Id,
            Type = activity.Type,
            Title = activity.Metadata.Text("displayText") is { Length: > 0 } text ? text : known.DisplayName,
            Kind = known.DisplayName,
            Category = known.Category,
            X = at.X,
            Y = at.Y,
            Height = height,
            Ports = ports,
            Reads = reads,
            Writes = writes,
            IsKnown = descriptor is not null || activity.WorkflowDefinitionId is not null,
            IsDisabled = activity.IsDisabled,
            IsPinned = activity.CustomProperties[PinnedOutput.Property] is not null,
            Slots = known.Slots,
        };
    }

    private static bool IsPlain(FlowActivity activity, ActivityDescriptor descriptor, List<(string Input, string Variable)> reads, List<(string Output, string Variable)> writes)
    {
        if (activity.Json["customProperties"] is not null || !ReferenceEquals(FlowPorts.Outcomes(activity, descriptor), descriptor.Outcomes)) return false;
        foreach (var (input, _) in reads)
            if (!descriptor.Inputs.Any(port => port.IsPort && port.Name == input)) return false;
        foreach (var (output, _) in writes)
            if (!descriptor.Outputs.Any(port => port.Name == output)) return false;
        return true;
    }

    private static (IReadOnlyList<CanvasPort>, double) Ports(FlowActivity activity, ActivityDescriptor descriptor,
        List<(string Input, string Variable)> reads, List<(string Output, string Variable)> writes)
    {
        var wired = reads.Select(read => read.Input).ToHashSet();
        var written = writes.Select(write => write.Output).ToHashSet();
        var inputs = FlowPorts.Inputs(activity, descriptor).Where(input => input.IsPort || wired.Contains(input.Name)).DistinctBy(input => input.Name).ToList();
        var declared = FlowPorts.Outputs(activity, descriptor).DistinctBy(output => output.Name).ToList();
        var outputs = declared.Concat(written.Where(name => declared.All(o => o.Name != name)).Select(name => new OutputDescriptor(name, name, "Object"))).ToList();
        var outcomes = FlowPorts.Outcomes(activity, descriptor);

        var ports = new List<CanvasPort> { new(PortSide.ControlIn, "In", "In", "", 0, CanvasNode.Head / 2) };
        var top = CanvasNode.Head;
        if (outcomes.Count == 1) ports.Add(new(PortSide.ControlOut, outcomes[0], outcomes[0], "", CanvasNode.Width, CanvasNode.Head / 2));
        else top = AddRows(ports, outcomes.Select(name => (PortSide.ControlOut, name, name, "", false)), top);

        var left = AddRows(ports, inputs.Select(i => (PortSide.DataIn, i.Name, i.DisplayName, i.Type, i.Required)), top);
        var right = AddRows(ports, outputs.Select(o => (PortSide.DataOut, o.Name, o.DisplayName, o.Type, false)), top);
        var bottom = Math.Max(left, right);
        return (ports, bottom > CanvasNode.Head ? bottom + 8 : CanvasNode.Head);
    }

    private static double AddRows(List<CanvasPort> ports, IEnumerable<(PortSide Side, string Name, string Label, string Type, bool Required)> rows, double y)
    {
        foreach (var row in rows)
        {
            var x = row.Side is PortSide.DataIn ? 0 : CanvasNode.Width;
            ports.Add(new CanvasPort(row.Side, row.Name, row.Label, row.Type, x, y + CanvasNode.Row / 2) { Required = row.Required });
            y += CanvasNode.Row;
        }
        return y;
    }
}
