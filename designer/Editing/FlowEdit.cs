using System.Text.Json.Nodes;

namespace Flows.Designer.Editing;

/// <summary>
/// Every way a draft can change. An edit is a value: applying it records the exact steps back.
/// Activities are named by id; JSON that an edit carries is copied when it is applied.
/// </summary>
public abstract record FlowEdit
{
    private FlowEdit() { }

    /// <summary>What happened, for the undo list and the live region.</summary>
    public abstract string Says { get; }

    /// <param name="Flowchart">Id of the container that gets the node.</param>
    public sealed record AddNode(string Flowchart, JsonObject Node) : FlowEdit
    {
        public override string Says => "Added a node";
    }

    /// <param name="Heal">Connect what led to a removed node with what it led to.</param>
    public sealed record RemoveNodes(IReadOnlyList<string> Ids, bool Heal = false) : FlowEdit
    {
        public override string Says => Ids.Count == 1 ? "Removed a node" : $"Removed {Ids.Count} nodes";
    }

    /// <param name="To">New top-left corners in canvas units.</param>
    public sealed record MoveNodes(IReadOnlyDictionary<string, (double X, double Y)> To) : FlowEdit
    {
        public override string Says => To.Count == 1 ? "Moved a node" : $"Moved {To.Count} nodes";
    }

    /// <param name="Port">Outcome; null for the default one.</param>
    public sealed record Connect(string Source, string? Port, string Target) : FlowEdit
    {
        public override string Says => "Connected";
    }

    public sealed record Disconnect(string Source, string? Port, string Target) : FlowEdit
    {
        public override string Says => "Removed a wire";
    }

    /// <param name="Value">Wrapped input; null takes the property away.</param>
    public sealed record SetInput(string Id, string Name, JsonNode? Value) : FlowEdit
    {
        public override string Says => $"Changed {Name}";
    }

    public sealed record SetTitle(string Id, string Title) : FlowEdit
    {
        public override string Says => $"Renamed to {Title}";
    }

    /// <param name="Path">Keys from the activity's object to the property; missing objects on the way are made.</param>
    /// <param name="Value">Null takes the property away.</param>
    public sealed record SetProperty(string Id, IReadOnlyList<string> Path, JsonNode? Value) : FlowEdit
    {
        public override string Says => $"Changed {Path[^1]}";
    }

    /// <summary>Draws a data wire: a variable that the output writes and the input reads, and a control wire when no path leads there yet.</summary>
    /// <param name="Type">Port type of the output.</param>
    public sealed record BindData(string Source, string Output, string Type, string Target, string Input) : FlowEdit
    {
        public override string Says => $"Wired {Output} to {Input}";
    }

    public sealed record UnbindData(string Target, string Input) : FlowEdit
    {
        public override string Says => $"Unwired {Input}";
    }

    public sealed record AddVariable(JsonObject Variable) : FlowEdit
    {
        public override string Says => "Added a variable";
    }

    public sealed record ChangeVariable(string Id, JsonObject Variable) : FlowEdit
    {
        public override string Says => "Changed a variable";
    }

    public sealed record RemoveVariable(string Id) : FlowEdit
    {
        public override string Says => "Removed a variable";
    }

    public sealed record SetFlowField(IReadOnlyList<string> Path, JsonNode? Value) : FlowEdit
    {
        public override string Says => $"Changed the flow's {Path[^1]}";
    }

    /// <param name="Fragment">What <see cref="FlowFragment.Copy"/> gave. Nodes get new ids, wires between them are kept.</param>
    public sealed record Paste(string Flowchart, JsonObject Fragment, double Dx, double Dy) : FlowEdit
    {
        public override string Says => "Pasted";
    }

    /// <summary>Makes the whole flow another one: code that somebody wrote, an older version, a merge.</summary>
    public sealed record Replace(JsonObject Flow, string Label) : FlowEdit
    {
        public override string Says => Label;
    }

    /// <summary>Several edits that are done and undone as one.</summary>
    public sealed record Composite(string Label, IReadOnlyList<FlowEdit> Edits) : FlowEdit
    {
        public override string Says => Label;
    }
}
