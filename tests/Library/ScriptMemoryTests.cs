using Flows.Contract.Activities;
using Flows.Library.Python;

namespace Flows.Tests.Library;

/// <summary>Tests that measure this whole program, or start and kill servers by the dozen, and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class PlainScriptMemoryTests() : ScriptMemoryTests(null);

[Collection(Alone.Name)]
public sealed class ForkedScriptMemoryTests(WarmHost warm) : ScriptMemoryTests(warm.Host), IClassFixture<WarmHost>;

public abstract class ScriptMemoryTests(StepHost? host) : IDisposable
{
    private readonly Step _step = new() { Host = host };

    public void Dispose() => _step.Dispose();

    [Fact]
    public async Task A_hundred_megabytes_of_output_take_no_memory()
    {
        // Of a forked one, with a whole server around it, MuchOutputTests says the same.
        if (host is not null) Flows.Tests.Support.Long.Only();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await _step.RunAsync(new PythonScript { Script = "import sys\nfor i in range(1024 * 1024): sys.stdout.write('x' * 99 + '\\n')\nsys.stdout.write('y' * 50_000_000)" });

        Assert.Equal(1024 * 1024 + 1, _step.LineCount);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 * 1024 * 1024);
    }
}
