namespace Flows.Designer.Canvas;

/// <summary>While a hand drags or pans, what it does not look at waits: forms, checks, saving.</summary>
public sealed partial class EditorSession
{
    // A hand that holds on and on, or whose end was never told, stops nothing for longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private long? _held;

    public bool IsHeld => _held is { } since && Clock.GetElapsedTime(since) < Patience;

    /// <summary>The hand let go.</summary>
    public event Action? Rested;

    private TimeProvider Clock => _time ?? TimeProvider.System;

    public void Hold(bool holds)
    {
        _held = holds ? Clock.GetTimestamp() : null;
        if (!holds) Rested?.Invoke();
    }
}
