using Flows.Contract.Models;

namespace Flows.Hub.Gateway;

/// <summary>Counts requests and their latencies in buckets 10 % wide, from 0.05 ms to beyond an hour; without locks.</summary>
internal sealed class TrafficCounter
{
    private const double Least = 0.05;
    private const double Step = 1.1;
    private readonly long[] _buckets = new long[200];
    private long _clientErrors;
    private long _serverErrors;

    public void Count(int status, TimeSpan took)
    {
        if (status >= 500) Interlocked.Increment(ref _serverErrors);
        else if (status >= 400) Interlocked.Increment(ref _clientErrors);
        var bucket = (int)Math.Ceiling(Math.Log(Math.Max(took.TotalMilliseconds, Least) / Least, Step));
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
    }

    public DeploymentStats Read()
    {
        var buckets = _buckets.ToArray();
        var all = buckets.Sum();
        return new DeploymentStats(all, Interlocked.Read(ref _clientErrors), Interlocked.Read(ref _serverErrors))
        {
            P50 = Quantile(buckets, all, 0.5),
            P95 = Quantile(buckets, all, 0.95),
            P99 = Quantile(buckets, all, 0.99),
        };
    }

    private static double Quantile(long[] buckets, long all, double share)
    {
        if (all == 0) return 0;
        var wanted = (long)Math.Ceiling(all * share);
        var bucket = 0;
        for (long seen = buckets[0]; seen < wanted; seen += buckets[bucket]) bucket++;
        return Math.Round(Least * Math.Pow(Step, bucket), 3);
    }
}
