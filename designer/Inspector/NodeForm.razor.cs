using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Designer.Inspector.Code;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Flows.Designer.Inspector;

/// <summary>The form of the selected node, made from its descriptor.</summary>
public partial class NodeForm
{
    private const string name = "name";

    [Parameter, EditorRequired] public EditorSession Session { get; set; } = null!;

    [Parameter, EditorRequired] public CanvasNode Node { get; set; } = null!;

    [Parameter] public EventCallback<(string Field, IBrowserFile File)> Upload { get; set; }

    /// <summary>Fires the trigger by hand; null where that cannot be done.</summary>
    [Parameter] public Func<JsonNode?, Task>? Fire { get; set; }

    /// <summary>Makes a new address for the webhook.</summary>
    [Parameter] public Func<Task<string?>>? NewAddress { get; set; }

    private FlowActivity? Activity => Session.Draft.Find(Node.Id);

    private ActivityDescriptor? Descriptor => Session.Catalog.Find(Node.Type);

    private IReadOnlyList<InputDescriptor> Fields => Descriptor is { } known && Activity is { } activity
        ? [.. FlowPorts.Inputs(activity, known).Where(input => !IsTablePort(input)).DistinctBy(input => input.Name)]
        : [];

    private (EditorSession?, string?, long) read;
    private (IReadOnlyList<FlowProblem>?, string?) looked;
    private IReadOnlyList<FlowVariable> variables = [];
    private IReadOnlyList<CanvasWire> incoming = [];
    private IReadOnlyList<FlowProblem> problems = [];

    // A large flow is looked through when it has become another one, not for each field at each rendering.
    protected override void OnParametersSet()
    {
        if (looked != (Session.Problems, Node.Id))
        {
            looked = (Session.Problems, Node.Id);
            problems = [.. Session.Problems.Where(problem => problem.ActivityId == Node.Id)];
        }
        if (read == (Session, Node.Id, Session.Draft.ContentRevision)) return;
        read = (Session, Node.Id, Session.Draft.ContentRevision);
        variables = [.. DataWires.Variables(Session.Draft)];
        incoming = [.. Session.Graph.Wires.Where(wire => wire.Kind == WireKind.Data && wire.Target == Node.Id)];
    }

    private bool IsBesideItsField(FlowProblem problem) => problem.Field is { } field
        && (Fields.Any(shown => shown.Name == field) || Descriptor?.Policy.Any(shown => shown.Name == field) == true);

    private bool IsBranchList(InputDescriptor field) => Activity is { Type: "Elsa.FlowFork" } fork && field.Name == "branches" && !FlowPorts.AreOpen(fork);

    // Nobody types a table: such a port shows in the form only while it is wired.
    private bool IsTablePort(InputDescriptor field) =>
        field.IsPort && WireTypes.Variable(field.Type) is "Artifact" && Activity!.Input(field.Name) is null;

    private string? WiredFrom(InputDescriptor field) =>
        incoming.FirstOrDefault(wire => wire.TargetPort == field.Name) is { } wire
            ? $"{Session.Graph.Find(wire.Source)?.Title} · {wire.SourcePort}"
            : null;

    private IReadOnlyList<string> Columns(InputDescriptor field) => field.Editor is "column" or "columns" ? [.. UpstreamColumns.Before(Session, Node.Id).Select(column => column.Name)] : [];

    private void Set(ChangeEventArgs changed, string property) =>
        Session.Apply(new FlowEdit.SetProperty(Node.Id, [property], changed.Value?.ToString() is { Length: > 0 } text ? text : null));

    private void SetDescription(ChangeEventArgs changed) =>
        Session.Apply(new FlowEdit.SetProperty(Node.Id, ["metadata", "description"], changed.Value?.ToString() is { Length: > 0 } text ? text : null));
}
