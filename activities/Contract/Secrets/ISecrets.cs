namespace Flows.Contract.Secrets;

/// <summary>A project's secrets by name. A value is used and forgotten: it is never written into a row, a journal, a log, a record or an error.</summary>
public interface ISecrets
{
    /// <summary>The value as it is now; null when the project has no secret of this name.</summary>
    ValueTask<string?> FindAsync(string projectId, string name, CancellationToken cancellation = default);
}
