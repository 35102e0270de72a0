using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Library;

/// <summary>Puts a project's flow on offer, as a version that never changes.</summary>
public sealed class Sharing(FlowStore store, FlowInspection inspection, SharedContent content, SharedFlows shared)
{
    /// <exception cref="RequestFault">404; 400 or 422 with every problem.</exception>
    public async Task<LibraryItem> ShareAsync(ShareRequest asked, CancellationToken cancellation)
    {
        if (ShareChecks.Of(asked) is { Count: > 0 } wrong) throw new RequestFault("It cannot be shared like this.") { Problems = wrong };
        var id = asked.DefinitionId ?? "";
        var source = await store.FindAsync(id, null, cancellation) ?? throw FlowStore.NoFlow(id);
        var flow = Marked(FlowFile.ReadOne(source.Json), asked);
        var problems = inspection.Of(flow);
        if (problems.Any(problem => problem.Level == ProblemLevel.Error))
            throw new RequestFault("The flow has problems that keep it from being shared.", StatusCodes.Status422UnprocessableEntity) { Problems = problems };
        var (flows, files) = await content.OfAsync(flow, cancellation);
        return await shared.WriteAsync(source, flows, files, asked, cancellation);
    }

    private static FlowDefinition Marked(FlowDefinition flow, ShareRequest asked)
    {
        if (asked.Component is not { } component) return flow;
        if (flow.Json["options"] is not System.Text.Json.Nodes.JsonObject options) flow.Json["options"] = options = [];
        options["usableAsActivity"] = component;
        if (asked.Category.Trim() is { Length: > 0 } category) options["activityCategory"] = category;
        return flow;
    }
}
