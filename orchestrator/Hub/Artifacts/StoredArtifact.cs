namespace Flows.Hub.Artifacts;

/// <summary>Bytes that a store holds.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Stored">When they were last written.</param>
public sealed record StoredArtifact(string Sha256, long Size, DateTimeOffset Stored);
