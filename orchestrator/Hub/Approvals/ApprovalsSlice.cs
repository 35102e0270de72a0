using Flows.Hub.Audit;

namespace Flows.Hub.Approvals;

/// <summary>Steps that ask people, and the answers.</summary>
public static class ApprovalsSlice
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services.AddSingleton<ApprovalBook>();

    public static IEndpointRouteBuilder MapApprovals(this IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/api/approvals").WithTags("approvals");
        approvals.MapGet("", ApprovalEndpoints.ListAsync);
        approvals.MapGet("/count", ApprovalEndpoints.CountAsync);
        approvals.MapGet("/{id}", ApprovalEndpoints.FindAsync);
        approvals.MapPost("/{id}", ApprovalEndpoints.AnswerAsync).Audited("approval.answer");
        return routes;
    }
}
