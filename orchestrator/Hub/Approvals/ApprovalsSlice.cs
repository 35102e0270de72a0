using Flows.Hub.Access;
using Flows.Hub.Audit;

namespace Flows.Hub.Approvals;

/// <summary>Steps that ask people, and the answers.</summary>
public static class ApprovalsSlice
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services.AddSingleton<ApprovalBook>();

    public static IEndpointRouteBuilder MapApprovals(this IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/api/approvals").WithTags("approvals");
        approvals.MapGet("", ApprovalEndpoints.ListAsync).ForSignedIn();
        approvals.MapGet("/count", ApprovalEndpoints.CountAsync).ForSignedIn();
        approvals.MapGet("/{id}", ApprovalEndpoints.FindAsync).Needs(Role.Viewer, Thing.Run("id", "approval"));
        approvals.MapPost("/{id}", ApprovalEndpoints.AnswerAsync).Needs(Role.Editor, Thing.Run("id", "approval")).Audited("approval.answer");
        return routes;
    }
}
