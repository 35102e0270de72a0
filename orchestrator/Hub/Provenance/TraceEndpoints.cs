using System.Text;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Access;
using Flows.Hub.Provenance.Formats;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance;

internal static class TraceEndpoints
{
    private static readonly string[] Formats = ["", "openlineage", "intoto", "prov"];

    /// <param name="direction">back (the default), forward or both.</param>
    /// <param name="depth">Layers from the thing, 1 to 200; 100 by default.</param>
    /// <param name="verify">Hash every artifact on the way again.</param>
    /// <param name="format">openlineage, intoto or prov; left out: this program's own.</param>
    public static async Task<IResult> FindAsync(string kind, string id, string? direction, int? depth, bool? verify, string? format, HttpContext http, Tracing tracing, CancellationToken cancellation)
    {
        if (!Enum.TryParse<TraceDirection>(direction ?? "back", ignoreCase: true, out var way) || !Enum.IsDefined(way)) return Problems.Bad($"There is no direction \"{direction}\": back, forward or both.");
        if (!Formats.Contains(format ?? "")) return Problems.Bad($"There is no format \"{format}\": openlineage, intoto or prov.");
        if (depth is < 1 or > 200) return Problems.Bad("The depth is 1 to 200.");
        // Entered here: what an awaited method enters ends with it.
        using var own = (await OfProjectAsync(http, cancellation)).Enter();
        var trace = await tracing.FollowAsync(kind, TracedThing.IdIn(http)!, way, new TraceLimits(depth ?? 100), cancellation);
        if (trace is null) return Problems.NotFound($"There is no {kind} '{id}'.");
        if (verify == true) trace = await tracing.VerifiedAsync(trace, cancellation);
        return format switch
        {
            "openlineage" => TypedResults.Ok(await http.RequestServices.GetRequiredService<RunEvents>().OfAsync(trace, cancellation)),
            "intoto" => TypedResults.Ok(await http.RequestServices.GetRequiredService<SigningKey>().SignAsync(SlsaStatement.Of(trace), cancellation)),
            "prov" => TypedResults.Ok(ProvJson.Of(trace)),
            _ => TypedResults.Ok(trace),
        };
    }

    public static async Task<IResult> KeyAsync(SigningKey key, CancellationToken cancellation) => TypedResults.Text(await key.PublicAsync(cancellation), "application/x-pem-file", Encoding.ASCII);

    // One project's things alone, whatever else the asker may read: names are a project's own.
    private static async Task<Sight> OfProjectAsync(HttpContext http, CancellationToken cancellation)
    {
        await using var db = await http.RequestServices.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync(cancellation);
        var project = await new TracedThing().ProjectAsync(http, db, cancellation) ?? Sight.Current.ProjectId;
        return new Sight(project, Sight.Current.Author, [project]);
    }
}
