using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Library;

internal static class LibraryEndpoints
{
    public static async Task<Ok<IReadOnlyList<LibraryItem>>> ListAsync(string? words, string? tag, FlowLibrary library, CancellationToken cancellation) =>
        TypedResults.Ok(await library.ItemsAsync(words, tag, cancellation));

    public static async Task<Ok<LibraryOffer>> FindAsync(string id, FlowLibrary library, CancellationToken cancellation) =>
        TypedResults.Ok(await library.FindAsync(id, cancellation));

    public static async Task<Ok<JsonObject>> FlowAsync(string id, int? version, FlowLibrary library, CancellationToken cancellation) =>
        TypedResults.Ok(LibraryMark.Bare((await library.ContentAsync(id, version, cancellation)).Flows[0]).Json);

    public static async Task<Created<LibraryItem>> ShareAsync(ShareRequest asked, Sharing sharing, CancellationToken cancellation)
    {
        var item = await sharing.ShareAsync(asked, cancellation);
        return TypedResults.Created($"/api/library/{item.Id}", item);
    }

    public static async Task<Results<Ok<IReadOnlyList<FlowSaved>>, ProblemHttpResult>> InstallAsync(string id, InstallRequest? asked, Installation installation, CancellationToken cancellation) =>
        await installation.InstallAsync(id, asked ?? new InstallRequest(), cancellation) switch
        {
            InstallOutcome.Done done => TypedResults.Ok(done.Flows),
            InstallOutcome.Refused refused => Refusal(refused),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };

    public static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(string id, SharedFlows shared, CancellationToken cancellation) =>
        await shared.WithdrawAsync(id, cancellation) ? TypedResults.NoContent() : Problems.NotFound($"No project shares a flow '{id}'.");

    private static ProblemHttpResult Refusal(InstallOutcome.Refused refused) => TypedResults.Problem(refused.Why, statusCode: StatusCodes.Status409Conflict, title: "Something is in the way",
        extensions: new Dictionary<string, object?> { ["clash"] = refused.Clash.Clash, ["conflicts"] = refused.Clash.Conflicts });
}
