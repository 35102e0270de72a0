namespace Flows.Contract.Audit;

/// <summary>What became of a row: <c>Changed</c> (or moved here from another place), <c>Missing</c>, <c>Foreign</c> (no server wrote it), <c>CutOff</c> (the end of the log is gone).</summary>
public enum AuditDamage { Changed, Missing, Foreign, CutOff }

/// <param name="Rows">Rows that were looked at.</param>
/// <param name="Head">The last good row as <c>SEQ:HASH</c>: kept elsewhere, it shows a log that was written anew.</param>
public sealed record AuditVerdict(long Rows, string Head)
{
    /// <summary>The first row that is wrong; null when all is well.</summary>
    public long? Seq { get; init; }

    public AuditDamage? Damage { get; init; }

    public string? Message { get; init; }
}
