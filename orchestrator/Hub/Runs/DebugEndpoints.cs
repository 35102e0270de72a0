using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runs;

/// <summary>A run that was started with <c>debug</c> stops before steps; here it is told to go on. Each of these is in its journal before it is answered.</summary>
internal static class DebugEndpoints
{
    /// <summary>One step that stopped goes on, and every step after it stops before it begins.</summary>
    /// <param name="bookmark">Where the step waits; absent: the one that stopped first.</param>
    public static Task<Accepted> StepAsync(string id, string? bookmark, RunHost host, RunReader runs, CancellationToken cancellation) =>
        SteerAsync(id, new RunEvent.Steered(Going.One) { Stepping = true, BookmarkId = bookmark }, host, runs, cancellation);

    /// <summary>Steps that stopped go on; the run stops at breakpoints only.</summary>
    /// <param name="bookmark">Only the step that waits there; absent: all.</param>
    public static Task<Accepted> ContinueAsync(string id, string? bookmark, RunHost host, RunReader runs, CancellationToken cancellation) =>
        SteerAsync(id, new RunEvent.Steered(Going.All) { Stepping = false, BookmarkId = bookmark }, host, runs, cancellation);

    /// <summary>What is under way goes on to its end; every further step stops before it begins.</summary>
    public static Task<Accepted> PauseAsync(string id, RunHost host, RunReader runs, CancellationToken cancellation) =>
        SteerAsync(id, new RunEvent.Steered { Stepping = true }, host, runs, cancellation);

    /// <summary>Other breakpoints for a run that is under way, in place of those that it has.</summary>
    public static Task<Accepted> BreakAsync(string id, IReadOnlyList<Breakpoint> breakpoints, RunHost host, RunReader runs, CancellationToken cancellation) =>
        SteerAsync(id, new RunEvent.Steered { Breakpoints = breakpoints }, host, runs, cancellation);

    private static async Task<Accepted> SteerAsync(string id, RunEvent.Steered steered, RunHost host, RunReader runs, CancellationToken cancellation)
    {
        var run = await runs.FindAsync(id, cancellation) ?? throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        if (run.Status == RunStatus.Finished) throw Over();
        if (run.Debug is null) throw new RequestFault("The run was not started to be debugged: start it with 'debug'.", StatusCodes.Status409Conflict);
        if (steered.BookmarkId is { } mark && !run.Bookmarks.Any(bookmark => bookmark.Id == mark && bookmark.Halt is not null))
            throw new RequestFault($"No step of the run has stopped at '{mark}'.", StatusCodes.Status404NotFound);
        return await host.PostAsync(id, steered, cancellation) is Posted.Over or Posted.Unknown ? throw Over() : TypedResults.Accepted($"/api/runs/{id}");
    }

    private static RequestFault Over() => new("The run is over.", StatusCodes.Status409Conflict);
}
