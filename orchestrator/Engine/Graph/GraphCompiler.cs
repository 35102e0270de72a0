using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Engine.Graph;

/// <summary>Turns definitions into nodes. Each definition is compiled once, so that a flow may use itself.</summary>
internal sealed class GraphCompiler(Func<string, int?, FlowDefinition?> children, ActivityCatalog? catalog)
{
    // Flows within flows beyond this are never reached: a run nests at most RunState.MaxDepth steps.
    private const int MaxNesting = RunState.MaxDepth;

    private readonly Dictionary<(string, int), Node> _workflows = [];
    private int _nesting;

    public Node Compile(FlowDefinition definition)
    {
        var key = (definition.DefinitionId, definition.Version);
        if (_workflows.TryGetValue(key, out var known)) return known;

        var workflow = new Node(new FlowActivity(new JsonObject { ["type"] = "Elsa.Workflow" }), Behaviour.Workflow)
        {
            Definition = definition,
            Names = new FlowNames(definition),
            Variables = definition.Variables,
        };
        _workflows[key] = workflow;
        _nesting++;
        if (definition.Root is { } root && _nesting <= MaxNesting) workflow.Slots["root"] = Compile(root);
        _nesting--;
        workflow.Id = NameOf(workflow);
        return workflow;
    }

    public IReadOnlyList<FlowDefinition> Compiled()
    {
        lock (_workflows) return [.. _workflows.Values.Select(workflow => workflow.Definition!)];
    }

    /// <summary>The flow's node, by definition id or activity type.</summary>
    public Node? FindWorkflow(string name, int? version)
    {
        lock (_workflows)
        {
            return (children(name, version) ?? (version is null ? null : children(name, null))) is { } definition ? Compile(definition) : null;
        }
    }

    // Elsa numbers workflows by the first number that no workflow inside has taken.
    private static string NameOf(Node workflow)
    {
        var inside = new HashSet<string>();
        Collect(workflow, inside);
        var number = 1;
        while (inside.Contains($"Workflow{number}")) number++;
        return $"Workflow{number}";
    }

    private static void Collect(Node node, HashSet<string> names)
    {
        if (node.Workflow is { } workflow && names.Add(workflow.Id)) Collect(workflow, names);
        foreach (var child in node.Children) Collect(child, names);
        foreach (var child in node.Slots.Values) Collect(child, names);
    }

    private Node Compile(FlowActivity activity)
    {
        var node = new Node(activity, BehaviourOf(activity))
        {
            Variables = activity.Variables,
            Bound = BoundOutputs(activity),
            Merge = Enum.TryParse<MergeMode>(activity.MergeMode, ignoreCase: true, out var merge) ? merge : MergeMode.Stream,
        };
        Embed(node);
        if (node.Behaviour == Behaviour.Flowchart) node.Chart = new ChartPlan(node.Children, activity.Connections);
        if (node.Behaviour == Behaviour.WorkflowActivity) node.Workflow = WorkflowOf(activity);
        if (activity.IsDisabled) node.Outcomes = FirstOutcome(activity);
        else if (node.Type == "Elsa.FlowFork") node.Outcomes = Branches(activity);
        if (node.Type == "Elsa.FlowJoin") SetJoin(node);
        return node;
    }

    private void Embed(Node node)
    {
        var listed = new List<Node>();
        foreach (var (slot, child) in node.Activity.Children())
        {
            var compiled = Compile(child);
            if (slot is "activities" or "branches")
            {
                compiled.Local = listed.Count;
                listed.Add(compiled);
            }
            else node.Slots.TryAdd(slot, compiled);
        }
        node.Children = [.. listed];
    }

    // A trigger that is disabled does not start anything; as the run's beginning it is passed like any other.
    private IReadOnlyList<string>? FirstOutcome(FlowActivity activity) =>
        catalog?.Find(activity.Type) is { } descriptor && FlowPorts.OwnOutcomes(activity, descriptor) is [var first, ..] && first != "Done" ? [first] : null;

    private Node? WorkflowOf(FlowActivity activity) =>
        UsedFlow.Of<Node>(activity, FindWorkflow, workflow => workflow.Definition!) ?? FindWorkflow(activity.Type, null);

    private static void SetJoin(Node node)
    {
        var input = node.Activity.Input("mode");
        node.Join = Enum.TryParse<JoinMode>(input?.Value.AsText(), ignoreCase: true, out var join) ? join : JoinMode.WaitAny;
        node.Merge = node.Join == JoinMode.WaitAny ? MergeMode.Race : MergeMode.Merge;
    }

    private static IReadOnlyList<string>? Branches(FlowActivity activity) => activity.Input("branches") switch
    {
        { ExpressionType: ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json } => FlowPorts.OwnOutcomes(activity, new ActivityDescriptor { Type = activity.Type, DisplayName = "", Outcomes = [] }),
        _ => [],
    };

    // An output is wrapped like an input but has no expression.
    private static List<(string, string)> BoundOutputs(FlowActivity activity) => [.. activity.Json
        .Where(property => property.Value is JsonObject wrapped && wrapped["expression"] is null && wrapped["memoryReference"] is JsonObject reference && reference.Text("id") is not null)
        .Select(property => (property.Key, activity.OutputTarget(property.Key)!))];

    private Behaviour BehaviourOf(FlowActivity activity) => activity.Type switch
    {
        _ when activity.IsDisabled => Behaviour.Pass,
        "Elsa.Flowchart" => Behaviour.Flowchart,
        "Elsa.Sequence" => Behaviour.Sequence,
        "Elsa.Parallel" => Behaviour.Parallel,
        "Elsa.Fork" => Behaviour.Fork,
        "Elsa.Composite" => Behaviour.Composite,
        "Elsa.FlowNode" when activity.Json["body"] is JsonObject => Behaviour.Composite,
        "Elsa.Start" or "Elsa.FlowNode" or "Elsa.FlowJoin" => Behaviour.Pass,
        "Elsa.FlowFork" => activity.Input("branches") is { ExpressionType: ExpressionTypes.JavaScript or ExpressionTypes.Liquid or ExpressionTypes.Variable or ExpressionTypes.Input or ExpressionTypes.CSharp }
            ? Behaviour.Execute : Behaviour.Pass,
        "Elsa.End" => Behaviour.End,
        "Elsa.Finish" => Behaviour.Finish,
        "Elsa.Complete" => Behaviour.Complete,
        "Elsa.Break" => Behaviour.Break,
        "Elsa.If" => Behaviour.If,
        "Elsa.Switch" => Behaviour.Switch,
        "Elsa.While" => Behaviour.While,
        "Elsa.For" => Behaviour.For,
        "Elsa.ForEach" => Behaviour.ForEach,
        "Elsa.ParallelForEach" => Behaviour.ParallelForEach,
        "Flows.TryCatch" => Behaviour.TryCatch,
        "Elsa.ExecuteWorkflow" or "Elsa.DispatchWorkflow" => Behaviour.ExecuteWorkflow,
        "Elsa.BulkDispatchWorkflows" => Behaviour.BulkDispatch,
        _ when IsWorkflow(activity) => Behaviour.WorkflowActivity,
        _ => IsHeavy(activity) ? Behaviour.Dispatch : Behaviour.Execute,
    };

    private static bool IsWorkflow(FlowActivity activity) => activity.WorkflowDefinitionId is not null
        || activity.Json["workflowDefinitionVersionId"]?.GetValueKind() == JsonValueKind.String;

    private bool IsHeavy(FlowActivity activity)
    {
        if (catalog is null) return activity.RunAsynchronously;
        return catalog.HasClass(activity.Type)
            && (activity.RunAsynchronously || catalog.Find(activity.Type)?.Queue == ActivityDescriptor.Default);
    }
}
