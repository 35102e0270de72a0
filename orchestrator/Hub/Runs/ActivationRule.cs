using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>Whether a run may start now.</summary>
public abstract record Admission
{
    private Admission() { }

    public sealed record Admitted : Admission;

    /// <summary>A run of that id is there already.</summary>
    public sealed record Known : Admission;

    /// <param name="RunId">The run that is still going on.</param>
    public sealed record Refused(string RunId, string Message) : Admission;
}

/// <summary>
/// A flow's <c>options.activationStrategyType</c>: one run at a time (Singleton), one for each correlation id
/// (CorrelatedSingleton), or one of any flow for a correlation id (Correlation). Asked in the transaction that writes the
/// run, under a lock of the database, so that it holds with several orchestrators.
/// </summary>
internal sealed record ActivationRule(string? DefinitionId, string? CorrelationId, string Message)
{
    /// <summary>Null for a flow that always starts.</summary>
    public static ActivationRule? Of(FlowDefinition flow, RunRow row)
    {
        var strategy = flow.Options.Text("activationStrategyType")?.Split(',')[0].Split('.')[^1] ?? "";
        return strategy switch
        {
            "SingletonStrategy" or "Singleton" => new(flow.DefinitionId, null, $"'{flow.Name}' has one run at a time"),
            "CorrelatedSingletonStrategy" or "CorrelatedSingleton" => new(flow.DefinitionId, row.CorrelationId ?? "", $"'{flow.Name}' has one run at a time for a correlation id"),
            "CorrelationStrategy" or "Correlation" => new(null, row.CorrelationId ?? "", $"'{flow.Name}' starts only when no run has its correlation id '{row.CorrelationId}'"),
            _ => null,
        };
    }

    public Admission Ask(FlowsDb db, string runId)
    {
        Lock(db);
        var rows = db.Set<RunRow>().AsNoTracking().Where(row => row.Status == RunStatus.Running && row.Id != runId);
        if (DefinitionId is not null) rows = rows.Where(row => row.DefinitionId == DefinitionId);
        if (CorrelationId is { } correlation) rows = rows.Where(row => (row.CorrelationId ?? "") == correlation);
        return rows.Select(row => row.Id).FirstOrDefault() is { } other ? new Admission.Refused(other, $"{Message}, and the run {other} is still going on.") : new Admission.Admitted();
    }

    // SQLite has one writer anyhow.
    private void Lock(FlowsDb db)
    {
        if (db.IsShared) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock(hashtextextended({$"activation {DefinitionId} {CorrelationId}"}, 0))");
    }
}
