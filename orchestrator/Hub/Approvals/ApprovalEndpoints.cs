using System.Text.Json.Nodes;
using Flows.Contract.Approvals;
using Flows.Hub.Access;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Approvals;

internal static class ApprovalEndpoints
{
    /// <param name="state"><c>open</c> (default), <c>all</c>, or what became of them.</param>
    public static async Task<Ok<IReadOnlyList<Approval>>> ListAsync(string? state, string? runId, ApprovalBook book, CancellationToken cancellation) =>
        TypedResults.Ok(await book.ListAsync(State(state), runId, cancellation));

    public static async Task<Ok<ApprovalCount>> CountAsync(ApprovalBook book, CancellationToken cancellation) =>
        TypedResults.Ok(new ApprovalCount(await book.OpenCountAsync(cancellation)));

    public static async Task<Results<Ok<Approval>, ProblemHttpResult>> FindAsync(string id, ApprovalBook book, CancellationToken cancellation) =>
        await book.FindAsync(id, cancellation) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no approval '{id}'.");

    public static async Task<Ok<Approval>> AnswerAsync(string id, ApprovalAnswer answer, HttpContext http, ApprovalBook book, TimeProvider time, CancellationToken cancellation)
    {
        var asked = await book.FindAsync(id, cancellation) ?? throw new RequestFault($"There is no approval '{id}'.", StatusCodes.Status404NotFound);
        RefuseClosed(asked);
        var by = By(http.Actor(), answer);
        if (asked.Answerers.Count > 0 && !asked.Answerers.Contains(by, StringComparer.OrdinalIgnoreCase))
            throw new RequestFault($"'{by}' may not answer this; {string.Join(", ", asked.Answerers)} may.", StatusCodes.Status403Forbidden);
        var answered = asked with { State = ApprovalState.Answered, Answer = Option(asked, answer), Values = Values(asked, answer.Form), AnsweredBy = by, AnsweredAt = time.GetUtcNow(), Comment = answer.Comment };
        if (!await book.AnswerAsync(answered)) RefuseClosed((await book.FindAsync(id, cancellation))!);
        return TypedResults.Ok(answered);
    }

    // Where nobody signs in, people say who they are.
    private static string By(Actor actor, ApprovalAnswer answer) => actor is Actor.Local && !string.IsNullOrWhiteSpace(answer.By) ? answer.By.Trim() : actor.Name;

    private static void RefuseClosed(Approval asked)
    {
        if (asked.State == ApprovalState.Open) return;
        throw new RequestFault(asked.State switch
        {
            ApprovalState.Answered => $"{asked.AnsweredBy} answered '{asked.Answer}' already, at {asked.AnsweredAt:yyyy-MM-dd HH:mm:ss} UTC.",
            ApprovalState.Overdue => $"The deadline came first, at {asked.AnsweredAt:yyyy-MM-dd HH:mm:ss} UTC, and answered '{asked.Answer}'.",
            _ => "The run no longer asks this.",
        }, StatusCodes.Status409Conflict);
    }

    private static string Option(Approval asked, ApprovalAnswer answer)
    {
        var said = answer.Choice ?? answer.Answer switch
        {
            "approve" => Approval.Approved,
            "reject" => Approval.Rejected,
            var other => other,
        };
        return asked.Options.Contains(said) ? said! : throw new RequestFault($"The answer must be one of {string.Join(", ", asked.Options)}{(said is null ? "" : $", not '{said}'")}.");
    }

    private static JsonObject? Values(Approval asked, JsonObject? given)
    {
        var wrong = ApprovalForm.Of(System.Text.Json.JsonSerializer.SerializeToNode(asked.Form, Contract.ContractJson.Options)).WhyNot(given ?? []);
        return wrong.Count == 0 ? given : throw new RequestFault(string.Join(' ', wrong));
    }

    private static ApprovalState? State(string? text) => text?.ToLowerInvariant() switch
    {
        null or "open" => ApprovalState.Open,
        "all" => null,
        _ => Enum.TryParse<ApprovalState>(text, ignoreCase: true, out var state) ? state : throw new RequestFault($"'state' must be open, answered, overdue, withdrawn or all, not '{text}'."),
    };
}

/// <param name="Open">Approvals that wait for an answer.</param>
public sealed record ApprovalCount(int Open);
