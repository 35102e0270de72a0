using Flows.Contract.Flows;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Flows;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Presence;

/// <summary>Who else has a flow open, what they have selected, and that somebody saved.</summary>
public static class PresenceSlice
{
    private const int LongestId = 64;

    private const string Passing = "who looks at what is kept for seconds and changes nothing";

    public static IServiceCollection AddPresence(this IServiceCollection services) => services.AddSingleton<PresenceBoard>();

    public static IEndpointRouteBuilder MapPresence(this IEndpointRouteBuilder routes)
    {
        var (presence, flow) = (routes.MapGroup("/api/flows/{definitionId}/presence").WithTags("flows"), Thing.Of<FlowRow>("definitionId", "flow"));
        presence.MapPut("/{visitor}", TellAsync).Needs(Role.Viewer, flow).NotAudited(Passing);
        presence.MapDelete("/{visitor}", Leave).Needs(Role.Viewer, flow).NotAudited(Passing);
        return routes;
    }

    /// <summary>A page says that it has the flow open, and is told who else has and which draft is the newest. Who says nothing for 20 s is gone.</summary>
    private static async Task<Ok<PresenceNews>> TellAsync(string definitionId, string visitor, PresenceUpdate update, PresenceBoard board, FlowStore flows, HttpContext http, CancellationToken cancellation)
    {
        if (visitor.Length > LongestId) throw new RequestFault($"A visitor's id has at most {LongestId} characters.");
        var tag = await flows.TagAsync(definitionId, cancellation) ?? throw FlowStore.NoFlow(definitionId);
        return TypedResults.Ok(new PresenceNews(tag, board.See(definitionId, new Visitor(visitor, http.Actor().Name, update.Selection ?? []))));
    }

    /// <summary>The page was left.</summary>
    private static NoContent Leave(string definitionId, string visitor, PresenceBoard board, HttpContext http)
    {
        board.Leave(definitionId, visitor, http.Actor().Name);
        return TypedResults.NoContent();
    }
}
