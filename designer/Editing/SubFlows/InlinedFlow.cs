using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>A flow's nodes in place of the node that uses it: the way back from <see cref="SubFlow"/>.</summary>
public sealed class InlinedFlow
{
    private readonly FlowDraft draft;
    private readonly FlowActivity call;
    private readonly FlowDefinition used;
    private readonly ActivityCatalog catalog;
    private readonly FlowActivity _chart;
    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<FlowConnection> _wires = [];
    // From a node of the used flow, by its old id, to one that is in the flow, which keeps its own.
    private readonly List<FlowConnection> _leaving = [];
    private List<FlowActivity> _nodes = [];

    private InlinedFlow(FlowDraft draft, FlowActivity call, FlowDefinition used, ActivityCatalog catalog)
    {
        (this.draft, this.call, this.used, this.catalog) = (draft, call, used, catalog);
        _chart = draft.Index.ParentOf(call.Id)!;
    }

    /// <param name="used">The version of the flow that the node runs.</param>
    public static (FlowEdit? Edit, string? Refusal) Of(FlowDraft draft, string callId, FlowDefinition used, ActivityCatalog catalog)
    {
        if (draft.Find(callId) is not { WorkflowDefinitionId: not null } call || draft.Index.SlotOf(callId) != "activities" || draft.Index.ParentOf(callId) is not { IsFlowchart: true })
            return (null, "Select a node of a flowchart that uses another flow.");
        if (used.DefinitionId == draft.Flow.DefinitionId) return (null, "A flow cannot be put into itself.");
        if (used.Root is not { IsFlowchart: true } root || !root.Children().Any()) return (null, $"{used.Name} is no flowchart with nodes.");
        return Fixed(draft, call, used) is { } refusal ? (null, refusal) : (new InlinedFlow(draft, call, used.Clone(), catalog).Make(), null);
    }

    private static string? Fixed(FlowDraft draft, FlowActivity call, FlowDefinition used)
    {
        if (call.CustomProperties["faultPolicy"] is not null) return $"{call.Title} says what happens when it faults; its nodes would each need to say it.";
        if (used.Inputs.FirstOrDefault(input => Spoken.Of(used.Activities(), input.Name)) is { } read) return $"A script in {used.Name} reads its input '{read.Name}'.";
        var taken = DataWires.Variables(draft).SelectMany(variable => new[] { variable.Id, variable.Name }).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (Variables(used).FirstOrDefault(variable => (taken.Contains(variable.Name) || taken.Contains(variable.Id)) && Spoken.Of(used.Activities(), variable.Name)) is { } both) return $"Both flows have a variable '{both.Name}', and a script in {used.Name} reads it.";
        if (used.Activities().FirstOrDefault(activity => draft.Index.Has(activity.Id) && Spoken.Of(used.Activities(), activity.Id)) is { } named) return $"Both flows have a node '{named.Id}', and a script in {used.Name} reads what it gave.";
        return used.Activities().FirstOrDefault(activity => activity.Type == "Elsa.Complete" && (used.Root!.Children().All(child => child.Activity.Id != activity.Id) || Outcomes(activity) is null)) is { } ends
            ? $"{ends.Title} ends {used.Name} from within or with an outcome that is only known in a run." : null;
    }

    private static IEnumerable<FlowVariable> Variables(FlowDefinition flow) => flow.Variables.Concat(flow.Root!.Variables);

    private static IReadOnlyList<string>? Outcomes(FlowActivity complete) => complete.Input("outcomes") switch
    {
        null => ["Done"],
        { ExpressionType: ExpressionTypes.Literal, Value: JsonValue text } => [text.AsText()!],
        { ExpressionType: ExpressionTypes.Literal or ExpressionTypes.Object, Value: JsonArray list } => [.. list.Select(JsonReading.AsText).OfType<string>()],
        _ => null,
    };

    private FlowEdit.Replace Make()
    {
        var root = used.Root!;
        var start = Start(root);
        _nodes = [.. root.Children().Select(child => child.Activity)];
        _wires.AddRange(root.Connections);
        Name();
        Join(start);
        var caller = draft.Flow.Clone();
        Put(caller, start);
        return new FlowEdit.Replace(caller.Json, $"Put the nodes of {used.Name} in place of {call.Title}");
    }

    private static string Start(FlowActivity root)
    {
        var nodes = root.Children().Select(child => child.Activity).ToList();
        var entered = root.Connections.Select(wire => wire.Target).ToHashSet();
        return (nodes.Find(node => node.Type == "Elsa.Start") ?? nodes.Find(node => node.CanStartWorkflow) ?? nodes.Find(node => !entered.Contains(node.Id)) ?? nodes[0]).Id;
    }

    // Ids and variables that this flow has already get new ones; a variable that is only given out becomes the one it is given to.
    private void Name()
    {
        foreach (var activity in _nodes.SelectMany(node => node.SelfAndDescendants())) _ids[activity.Id] = draft.Index.Has(activity.Id) ? draft.Index.FreshId(activity.Type) : activity.Id;
        foreach (var giving in _nodes.Where(node => node.Type == "Elsa.SetOutput").ToList())
        {
            if (giving.Input("outputValue")?.VariableId is not { } variable || Given(giving) is not { } target || _variables.GetValueOrDefault(variable, target) != target) continue;
            _variables[variable] = target;
            Heal(giving);
        }
        var taken = DataWires.Variables(draft).SelectMany(variable => new[] { variable.Id, variable.Name }).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in Variables(used).Where(variable => !_variables.ContainsKey(variable.Id)))
        {
            var (id, number) = (variable.Id, 1);
            while (!taken.Add(id)) id = variable.Id + ++number;
            _variables[variable.Id] = id;
        }
    }

    private string? Given(FlowActivity giving) => giving.Input("outputName")?.Value.AsText() is { } name && call.OutputTarget(Camel(name)) is { } target
        && DataWires.Variables(draft).Any(variable => variable.Id == target) ? target : null;

    private void Heal(FlowActivity gone)
    {
        _nodes.Remove(gone);
        var (before, after) = (_wires.Where(wire => wire.Target == gone.Id).ToList(), _wires.Where(wire => wire.Source == gone.Id).ToList());
        _wires.RemoveAll(wire => wire.Source == gone.Id || wire.Target == gone.Id);
        _wires.AddRange(before.SelectMany(wire => after.Select(next => wire with { Target = next.Target })));
    }

    // Where the flow ended, what came after the node goes on.
    private void Join(string start)
    {
        var after = _chart.Connections.Where(wire => wire.Source == call.Id).ToLookup(wire => wire.SourcePort ?? "Done", wire => wire.Target == call.Id ? Id(start) : wire.Target);
        var ends = _nodes.Where(node => node.Type is "Elsa.Complete" or "Elsa.End").ToDictionary(node => node.Id, node => node.Type == "Elsa.End" ? ["Done"] : Outcomes(node)!);
        var open = (from node in _nodes
                    where !ends.ContainsKey(node.Id)
                    from outcome in catalog.Find(node.Type) is { } descriptor ? FlowPorts.Outcomes(node, descriptor) : ["Done"]
                    where _wires.All(wire => wire.Source != node.Id || (wire.SourcePort ?? "Done") != outcome)
                    select (node.Id, outcome)).ToList();
        foreach (var wire in _wires.Where(wire => ends.ContainsKey(wire.Target)))
            _leaving.AddRange(ends[wire.Target].SelectMany(outcome => after[outcome]).Select(target => wire with { Target = target }));
        _wires.RemoveAll(wire => ends.ContainsKey(wire.Target) || ends.ContainsKey(wire.Source));
        _nodes.RemoveAll(node => ends.ContainsKey(node.Id));
        foreach (var (id, outcome) in open) _leaving.AddRange(after["Done"].Select(target => new FlowConnection(id, outcome, target, "In")));
    }

    private void Put(FlowDefinition caller, string start)
    {
        var here = caller.Find(_chart.Id)!.Json;
        var bodies = new InlinedValues(call, _ids, _variables) { Outputs = draft.Flow.Outputs.Select(output => output.Name).ToHashSet() };
        Place();
        here["activities"] = new JsonArray([.. here.Objects("activities").Where(json => json.Text("id") != call.Id).Select(json => json.DeepClone()), .. _nodes.Select(node => bodies.Of(node))]);
        var wires = _chart.Connections.Where(wire => wire.Source != call.Id).Select(wire => wire.Target == call.Id ? wire with { Target = Id(start) } : wire)
            .Concat(_wires.Select(wire => wire with { Source = Id(wire.Source), Target = Id(wire.Target) }))
            .Concat(_leaving.Select(wire => wire with { Source = Id(wire.Source) })).Distinct();
        here["connections"] = new JsonArray([.. wires.Select(wire => wire.ToJson())]);
        // A body has its own in each pass.
        var holder = _chart.Id == caller.Root!.Id ? caller.Json : here;
        holder["variables"] = new JsonArray([.. holder.Objects("variables").Select(json => json.DeepClone()), .. Variables(used).Where(variable => !IsThere(variable.Id)).Select(variable => bodies.Renamed(variable))]);
    }

    // Where the node was, when both flows say where their nodes are; else they are laid out.
    private void Place()
    {
        var (left, top) = (_nodes.Min(node => node.Position?.X), _nodes.Min(node => node.Position?.Y));
        foreach (var node in _nodes)
        {
            if (call.Position is { } at && node.Position is { } own) SubFlowMaking.At(node.Json, at.X + own.X - left!.Value, at.Y + own.Y - top!.Value);
            else (node.Json["metadata"] as JsonObject)?.Remove("designer");
        }
    }

    private bool IsThere(string variable) => DataWires.Variables(draft).Any(known => known.Id == _variables[variable]);

    private string Id(string id) => _ids.GetValueOrDefault(id, id);

    internal static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
