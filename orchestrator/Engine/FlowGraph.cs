using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine.Graph;

namespace Flows.Engine;

/// <summary>A definition compiled for running: nodes and edges as arrays, children of workflow-as-activity resolved. Safe to share between runs.</summary>
public sealed class FlowGraph
{
    private readonly GraphCompiler _compiler;

    private FlowGraph(FlowDefinition definition, GraphCompiler compiler)
    {
        (Definition, _compiler) = (definition, compiler);
        Root = compiler.Compile(definition);
    }

    /// <param name="children">
    /// Finds the published flow that a workflow-as-activity (or a pinned version of it) runs, by definition id or, as further
    /// tries, by its activity type (see <see cref="ActivityTypeOf"/>) or the id of one version; null when there is none.
    /// </param>
    /// <param name="catalog">Says which activities are heavy; without it only <c>runAsynchronously</c> does.</param>
    public static FlowGraph Compile(FlowDefinition definition, Func<string, int?, FlowDefinition?> children, ActivityCatalog? catalog = null) =>
        new(definition, new GraphCompiler(children, catalog));

    public FlowDefinition Definition { get; }

    /// <summary>Every flow that this graph is made of, itself included: what a host keeps so that a run replays over the same graph later.</summary>
    public IReadOnlyList<FlowDefinition> Definitions => _compiler.Compiled();

    internal Node Root { get; }

    /// <summary>The activity type under which a flow is used as an activity: its name in Pascal case.</summary>
    public static string ActivityTypeOf(FlowDefinition flow) => string.Concat(
        flow.Name.Split([' ', '-', '_', '.', '/'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>A children function over known flows: the highest version wins unless one is pinned.</summary>
    public static Func<string, int?, FlowDefinition?> ChildrenIn(IReadOnlyCollection<FlowDefinition> flows) => (name, version) =>
        flows.Where(flow => (flow.DefinitionId == name || ActivityTypeOf(flow) == name || flow.Id == name) && (version is null || flow.Version == version))
            .MaxBy(flow => flow.Version);
}
