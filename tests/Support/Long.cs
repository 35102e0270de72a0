using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Flows.Tests.Support;

/// <summary>What <c>./test --long</c> adds. Without it these are skipped and listed; what they show at length is shown once by a test that always runs.</summary>
public static class Long
{
    public const string Skipped = "a long test: ./test --long";

    /// <summary>Whether <c>FLOWS_TESTS_LONG</c> is set.</summary>
    public static bool Runs => Environment.GetEnvironmentVariable("FLOWS_TESTS_LONG") is { Length: > 0 };

    /// <summary>Skips the test that calls it, unless the long ones run.</summary>
    public static void Only()
    {
        if (!Runs) Assert.Skip(Skipped);
    }
}

/// <summary>A case of a theory that only <c>./test --long</c> runs, as <c>InlineData</c>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class LongDataAttribute(params object?[] data) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([new TheoryDataRow(data) { Skip = Long.Runs ? null : Long.Skipped }]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
