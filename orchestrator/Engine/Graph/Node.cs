using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;

namespace Flows.Engine.Graph;

/// <summary>One activity of a compiled definition. Shared by all runs and never changed after compilation.</summary>
internal sealed class Node(FlowActivity activity, Behaviour behaviour)
{
    public FlowActivity Activity { get; } = activity;

    /// <summary>The activity's id; a workflow node's is given when everything inside it is known.</summary>
    public string Id { get; set; } = activity.Id;

    public string? Name { get; } = activity.Name;

    public string Type { get; } = activity.Type;

    public Behaviour Behaviour { get; } = behaviour;

    /// <summary>Children of a container in order: a flowchart's, sequence's, parallel's activities, a fork's branches.</summary>
    public Node[] Children { get; set; } = [];

    /// <summary>Place among the parent's <see cref="Children"/>.</summary>
    public int Local { get; set; }

    /// <summary>Embedded activities by slot: <c>body</c>, <c>then</c>, <c>else</c>, <c>default</c>, <c>root</c>, case labels.</summary>
    public Dictionary<string, Node> Slots { get; } = [];

    public ChartPlan? Chart { get; set; }

    public IReadOnlyList<FlowVariable> Variables { get; set; } = [];

    /// <summary>Outputs that are bound to a variable or workflow output: (output, target id).</summary>
    public IReadOnlyList<(string Output, string Target)> Bound { get; set; } = [];

    /// <summary>Fixed outcomes of a <see cref="Behaviour.Pass"/>; null for the default outcome.</summary>
    public IReadOnlyList<string>? Outcomes { get; set; }

    /// <summary>What happens when the activity faults; null: the run faults.</summary>
    public StepPolicy? Policy { get; } = StepPolicy.Of(activity);

    /// <summary>How a loop over items takes its passes; null for what is none.</summary>
    public PassPolicy? Passes { get; } = behaviour is Behaviour.ForEach or Behaviour.ParallelForEach ? PassPolicy.Of(activity) : null;

    /// <summary>A connection leaves it at <see cref="StepPolicy.ErrorOutcome"/>.</summary>
    public bool HasErrorPort { get; set; }

    public JoinMode? Join { get; set; }

    public MergeMode Merge { get; set; }

    public bool IsTerminal => Behaviour is Behaviour.End or Behaviour.Finish or Behaviour.Complete or Behaviour.Break;

    public bool IsLoop => Behaviour is Behaviour.While or Behaviour.For or Behaviour.ForEach or Behaviour.ParallelForEach;

    /// <summary>The definition that a workflow node stands for.</summary>
    public FlowDefinition? Definition { get; set; }

    /// <summary>What that definition declares.</summary>
    public FlowNames? Names { get; set; }

    /// <summary>The workflow node that a workflow-as-activity runs; null when no such flow is published.</summary>
    public Node? Workflow { get; set; }

    /// <summary>What the executor prepared for the node once: parsed inputs. Any executor would prepare the same.</summary>
    public object? Prepared { get; set; }

    /// <summary>Which values of its steps a record shows; found once.</summary>
    public Run.LogPersistence? Shown { get; set; }

    private Dictionary<string, Node>? _byAccessor;

    /// <summary>The activity directly in it that a script calls so; names come before ids.</summary>
    public Node? ChildByAccessor(string accessor) => (_byAccessor ??= Accessors()).GetValueOrDefault(accessor);

    private Dictionary<string, Node> Accessors()
    {
        var found = new Dictionary<string, Node>();
        foreach (var child in Children.Concat(Slots.Values))
        {
            foreach (var accessor in AccessorName.AllOf(child.Name ?? "")) found.TryAdd(accessor, child);
        }
        foreach (var child in Children.Concat(Slots.Values))
        {
            foreach (var accessor in AccessorName.AllOf(child.Id)) found.TryAdd(accessor, child);
        }
        return found;
    }
}
