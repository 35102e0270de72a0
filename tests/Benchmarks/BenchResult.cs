namespace Flows.Benchmarks;

/// <summary>What a benchmark measured.</summary>
/// <param name="Workload">What was done, and on what storage.</param>
/// <param name="Floor">The reference it is held against, in the same unit; null when there is none.</param>
/// <param name="Ratio">Value against the floor.</param>
/// <param name="Target">What is to be reached, in words.</param>
public sealed record BenchResult(string Name, string Workload, double Value, string Unit, double? Floor, double? Ratio, string Target);
