using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>One thing that is different between two definitions of a flow.</summary>
public abstract record FlowChange
{
    private FlowChange() { }

    /// <summary>Id of the node it is about; null for what belongs to the whole flow.</summary>
    public abstract string? Node { get; }

    public sealed record NodeAdded(string Id, string Title) : FlowChange
    {
        public override string Node => Id;
    }

    public sealed record NodeRemoved(string Id, string Title) : FlowChange
    {
        public override string Node => Id;
    }

    /// <summary>A property has another value.</summary>
    /// <param name="Owner">The node; null for a property of the flow.</param>
    /// <param name="Path">From the node (or the flow) to the property, joined by dots; items of lists by their id or name.</param>
    /// <param name="Before">Null when it was not there.</param>
    public sealed record Changed(string? Owner, string Path, JsonNode? Before, JsonNode? After) : FlowChange
    {
        public override string? Node => Owner;

        public bool Equals(Changed? other) => other is not null && (Owner, Path) == (other.Owner, other.Path)
            && JsonNode.DeepEquals(Before, other.Before) && JsonNode.DeepEquals(After, other.After);

        public override int GetHashCode() => HashCode.Combine(Owner, Path);
    }

    /// <summary>Only where it stands on the canvas is different; nothing that runs.</summary>
    /// <param name="From">Null when nobody had laid it out.</param>
    public sealed record Moved(string Id, (double X, double Y)? From, (double X, double Y) To) : FlowChange
    {
        public override string Node => Id;
    }

    public sealed record WireAdded(FlowWire Wire) : FlowChange
    {
        public override string Node => Wire.Target;
    }

    public sealed record WireRemoved(FlowWire Wire) : FlowChange
    {
        public override string Node => Wire.Target;
    }

    /// <summary>A wire that has one end elsewhere.</summary>
    public sealed record Rewired(FlowWire Before, FlowWire After) : FlowChange
    {
        public override string Node => After.Target;
    }
}

/// <summary>A control wire, or a data wire: an output bound to a variable that an input reads.</summary>
/// <param name="SourcePort">Outcome or output.</param>
/// <param name="TargetPort"><c>In</c> or input.</param>
public sealed record FlowWire(bool IsData, string Source, string SourcePort, string Target, string TargetPort)
{
    internal static IEnumerable<FlowWire> Of(FlowDefinition flow)
    {
        var all = flow.Activities().ToList();
        var writers = all.SelectMany(activity => VariableUse.Writes(activity).Select(write => (write.Variable, activity.Id, write.Output))).ToLookup(write => write.Variable);
        var control = all.SelectMany(chart => chart.Connections).Select(c => new FlowWire(false, c.Source, c.SourcePort ?? "Done", c.Target, c.TargetPort));
        var data = from reader in all
                   from read in VariableUse.Reads(reader)
                   from writer in writers[read.Variable]
                   select new FlowWire(true, writer.Id, writer.Output, reader.Id, read.Input);
        return control.Concat(data).Distinct();
    }
}
