using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Provenance.Formats;
using Flows.Hub.Provenance.Kinds;
using Flows.Hub.Provenance.Lineage;
using Flows.Hub.Provenance.Quarantine;

namespace Flows.Hub.Provenance;

/// <summary>What everything came from and what came of it, in this program's form and in others'; what is bad, and all that came of it.</summary>
public static class ProvenanceSlice
{
    public static IServiceCollection AddProvenance(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<LineageOptions>().BindConfiguration("Lineage").ValidateDataAnnotations();
        return services.AddTracing().AddSingleton<LineageIntake>().AddHostedService<LineageSender>();
    }

    private static IServiceCollection AddTracing(this IServiceCollection services) => services
        .AddSingleton<ITraced, TracedRun>()
        .AddSingleton<ITraced, TracedStep>()
        .AddSingleton<ITraced, TracedArtifact>()
        .AddSingleton<ITraced, TracedDataSet>()
        .AddSingleton<ITraced, TracedModel>()
        .AddSingleton<ITraced, TracedDeployment>()
        .AddSingleton<ITraced, TracedPrediction>()
        .AddSingleton<ITraced, TracedOutsideRun>()
        .AddSingleton<ITraced, TracedOutsideData>()
        .AddSingleton<Tracing>()
        .AddSingleton<Quarantines>()
        .AddSingleton<BlastRadius>()
        .AddSingleton<SigningKey>()
        .AddSingleton<RunEvents>();

    public static IEndpointRouteBuilder MapProvenance(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/trace/{kind}/{**id}", TraceEndpoints.FindAsync).Needs(Role.Viewer, new TracedThing()).WithTags("provenance")
            .WithSummary("What a thing came from and what came of it, in this program's form or as openlineage, intoto or prov.").Produces<Trace>();
        routes.MapGet("/api/provenance/key", TraceEndpoints.KeyAsync).ForSignedIn().WithTags("provenance").WithSummary("The public key that attestations are signed with, as PEM.");
        var quarantine = routes.MapGroup("/api/quarantine").WithTags("provenance");
        quarantine.MapGet("", QuarantineEndpoints.ListAsync).Needs(Role.Viewer, Thing.Chosen).WithSummary("What is marked bad, and everything that is held for it.");
        quarantine.MapPost("", QuarantineEndpoints.MarkAsync).Needs(Role.Operator, Thing.Chosen).Audited("quarantine.mark").WithSummary("Marks a thing bad and puts it and everything that came of it into quarantine.");
        quarantine.MapDelete("/{kind}/{**id}", QuarantineEndpoints.UndoAsync).Needs(Role.Operator, Thing.Chosen).Audited("quarantine.undo").WithSummary("Lets a thing that was marked bad, and what came of it, out again.");
        var lineage = routes.MapGroup("/api/v1/lineage").WithTags("provenance");
        lineage.MapPost("", (HttpRequest request, LineageIntake intake, CancellationToken cancellation) => intake.TakeAsync(request, cancellation)).Needs(Role.Editor, Thing.Chosen)
            .NotAudited("events of other programs, many, each kept as it came").WithSummary("Takes an OpenLineage event of another program.");
        lineage.MapGet("", (string? job, int? limit, LineageIntake intake, CancellationToken cancellation) => intake.ListAsync(job, Math.Clamp(limit ?? 100, 1, 1000), cancellation)).Needs(Role.Viewer, Thing.Chosen)
            .WithSummary("OpenLineage events that other programs sent, newest first.");
        return routes;
    }
}
