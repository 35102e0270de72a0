namespace Flows.Tests.Support;

/// <summary>How work grows with its input, without a clock: bytes allocated say it the same on a busy machine as on an idle one.</summary>
public static class Growth
{
    /// <summary>What the large piece of work allocates, as a multiple of the small one.</summary>
    public static double Of(Action small, Action large)
    {
        // What is made once only must not count.
        small();
        return (double)Allocated(large) / Allocated(small);
    }

    private static long Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
