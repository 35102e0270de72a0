using Flows.Contract.Alerts;
using Flows.Engine.Activities;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Runs;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Alerts;

/// <summary>Alerts from outside, such as a monitor's: events with a severity, labels and a key.</summary>
public static class AlertsSlice
{
    private const int LongestText = 200;

    private const int MostLabels = 50;

    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/alerts", RaiseAsync).Needs(Role.Editor, Thing.Chosen).Audited("alert.raise").WithTags("alerts");
        return routes;
    }

    /// <summary>Answers, as an event does, once the runs that waited for it have it and the flows that begin with it have started.</summary>
    private static async Task<Ok<EventDelivery>> RaiseAsync(Alert alert, RunHost host, HttpContext http, CancellationToken cancellation)
    {
        if (ProblemsOf(alert) is { Count: > 0 } problems) throw new RequestFault(string.Join(' ', problems));
        host.DemandRoom();
        AuditedRequest.Of(http).Note("alert", alert.Name);
        return TypedResults.Ok(await host.DeliverAsync(new EventNews(Stimulus.AlertPrefix + alert.Name, alert.ToPayload(), null)).WaitAsync(cancellation));
    }

    private static List<string> ProblemsOf(Alert alert)
    {
        var problems = new List<string>();
        if (alert.Name is not { Length: > 0 and <= LongestText }) problems.Add($"'name' must have 1 to {LongestText} characters.");
        if (!Alert.Severities.Contains(alert.Severity)) problems.Add($"'severity' must be one of {string.Join(", ", Alert.Severities)}.");
        if (alert.Key?.Length > LongestText) problems.Add($"'key' must have at most {LongestText} characters.");
        if (alert.Labels is null || alert.Labels.Count > MostLabels || alert.Labels.Any(label => label.Value is null || label.Key.Length + label.Value.Length > LongestText)) problems.Add($"'labels' must be at most {MostLabels} names with a text each, together at most {LongestText} characters.");
        return problems;
    }
}
