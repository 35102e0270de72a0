namespace Flows.Tests.Hardships;

/// <summary>A machine whose wall clock somebody sets: the steady clock and its timers go on as they were.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

    public void Jump(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
