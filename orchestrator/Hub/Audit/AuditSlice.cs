using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Audit;
using Flows.Hub.Access;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Audit;

/// <summary>The audit log over HTTP: read, exported, verified, cut by command.</summary>
public static class AuditSlice
{
    private const int Most = 1000;

    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditSeal>()
        .AddSingleton<AuditHead>()
        .AddSingleton<AuditLog>()
        .AddSingleton<AuditVerification>()
        .AddSingleton<AuditCut>();

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/api/audit").WithTags("audit");
        audit.MapGet("", ListAsync).ForAdministrators();
        audit.MapGet("/export", ExportAsync).ForAdministrators();
        audit.MapGet("/verify", VerifyAsync).ForAdministrators();
        audit.MapPost("/cut", CutAsync).ForAdministrators();
        return routes;
    }

    /// <summary>Rows in order, the newest that fit unless it is said behind which to begin.</summary>
    private static async Task<Ok<IReadOnlyList<AuditRecord>>> ListAsync([AsParameters] AuditQuery asked, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = asked.Of(db.Set<AuditRow>().AsNoTracking());
        var count = Math.Clamp(asked.Limit ?? 100, 1, Most);
        var found = asked.After is not null
            ? await rows.OrderBy(row => row.Seq).Take(count).ToListAsync(cancellation)
            : [.. (await rows.OrderByDescending(row => row.Seq).Take(count).ToListAsync(cancellation)).OrderBy(row => row.Seq)];
        return TypedResults.Ok<IReadOnlyList<AuditRecord>>([.. found.Select(row => row.ToContract())]);
    }

    /// <summary>Every row as JSON Lines.</summary>
    private static async Task ExportAsync(HttpContext http, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        http.Response.ContentType = "application/jsonl";
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await foreach (var row in db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Seq).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            await JsonSerializer.SerializeAsync(http.Response.Body, row.ToContract(), ContractJson.Options, cancellation);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), cancellation);
        }
    }

    /// <param name="head">A head that was kept elsewhere, as <c>SEQ:HASH</c>.</param>
    private static async Task<Ok<AuditVerdict>> VerifyAsync(string? head, AuditVerification verification, CancellationToken cancellation)
    {
        var kept = AuditMark.Parse(head);
        if (head is { Length: > 0 } && kept is null) throw new RequestFault("A head is SEQ:HASH, as verify prints it.");
        return TypedResults.Ok(await verification.VerifyAsync(kept, cancellation));
    }

    private static async Task<Ok<AuditStub>> CutAsync(AuditCutRequest asked, AuditCut cut, HttpContext http, CancellationToken cancellation)
    {
        var audited = AuditedRequest.Of(http);
        var stub = await cut.CutAsync(asked.Before, audited, cancellation);
        audited.IsRecorded = true;
        return TypedResults.Ok(stub);
    }
}

/// <param name="Before">Rows of before this moment go.</param>
public sealed record AuditCutRequest(DateTimeOffset Before);

/// <param name="Seq">The last row that is gone.</param>
public sealed record AuditStub(long Seq, string Hash, int Rows);
