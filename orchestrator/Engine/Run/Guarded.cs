namespace Flows.Engine.Run;

internal enum TryPhase { Body, Catch, Finally, Over }

/// <summary>Where a TryCatch stands.</summary>
internal sealed class Guarded
{
    public TryPhase Phase { get; set; }

    /// <summary>A fault that nothing in it caught: it becomes the TryCatch's own once the finally is done.</summary>
    public string? Uncaught { get; set; }
}
