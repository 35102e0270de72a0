using System.Globalization;
using System.Runtime.Versioning;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Library.Python;
using Flows.Library.Python.Gpus;
using Flows.Tests.Library;
using Eventually = Flows.Tests.Support.Eventually;

namespace Flows.Tests.Python;

[SupportedOSPlatform("linux")]
public sealed class PlainGpuUseTests() : GpuUseTests(script => new PythonScript { Script = script, Isolation = ScriptIsolation.Process });

[SupportedOSPlatform("linux")]
public sealed class ForkedGpuUseTests() : GpuUseTests(script => new PythonScript { Script = script, Isolation = ScriptIsolation.Fork });

[SupportedOSPlatform("linux")]
public sealed class ShellGpuUseTests() : GpuUseTests(script => new ShellScript { Script = $"/usr/bin/python3 - <<'END'\n{script}\nEND\n" });

/// <summary>What a step used of GPUs, by a stand-in for <c>nvidia-smi</c> that says what a test makes it say.</summary>
[SupportedOSPlatform("linux")]
public abstract class GpuUseTests(Func<string, IActivity> step) : IAsyncLifetime
{
    private const long MiB = 1024 * 1024;

    // A daemon of the step's beside it, which is the step's too; the script is there until the gate opens.
    private const string Works = """
        import os, signal
        told, tell = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(tell, b"%d" % os.getpid())
                signal.pause()
            os._exit(0)
        else:
            os.wait()
            print("pids", os.getpid(), os.read(told, 20).decode(), flush=True)
        open("GATE").read()
        """;

    private readonly WarmHost _warm = new();
    private readonly TaskCompletionSource<List<int>> _pids = new();
    private readonly StandInGpus _gpus = new();
    private Step _step = null!;
    private GpuWatch _watch = null!;

    public ValueTask InitializeAsync()
    {
        _step = new Step { Host = _warm.Host, OnLine = line => { if (line.StartsWith("pids ", StringComparison.Ordinal)) _pids.SetResult([.. line.Split(' ').Skip(1).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))]); } };
        _watch = _warm.Host.Shared(_ => new GpuWatch(_gpus.Program, TimeProvider.System));
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Memory_and_utilisation_of_all_its_processes_are_recorded_and_of_no_others()
    {
        var (context, running) = await BeginAsync();
        var (script, daemon) = ((await _pids.Task)[0], (await _pids.Task)[1]);
        var others = Environment.ProcessId;

        await _gpus.SayMemoryAsync($"10:00:01.1, GPU-a, {script}, 1000", $"10:00:01.1, GPU-b, {script}, 50", $"10:00:01.1, GPU-a, {others}, 70000", $"10:00:01.1, GPU-a, {daemon}, 300");
        await _gpus.SayMemoryAsync($"10:00:02.1, GPU-a, {script}, 900");
        await _gpus.SayBusyAsync("#Time        gpu         pid   type     sm    mem    command", "#HH:MM:SS    Idx           #    C/G      %      %    name");
        await _gpus.SayBusyAsync($"10:00:01 0 {script} C 90 10 python", $"10:00:01 1 {script} C 30 - python", $"10:00:01 0 {others} C 99 10 other", $"10:00:01 1 - - - - -", $"10:00:02 0 {daemon} C 40 1 python", $"10:00:02 0 {script} C - - python");
        await EndAsync(running, glances: 9);

        Assert.Equal(new GpuUse { PeakMemory = 1350 * MiB, MeanUtilisation = 80, PeakUtilisation = 120 }, context.Used!.Gpu);
    }

    [Theory]
    [InlineData("[N/A]")]
    [InlineData("[Not Supported]")]
    public async Task What_the_driver_does_not_say_is_left_out(string memory)
    {
        var (context, running) = await BeginAsync();
        var script = (await _pids.Task)[0];

        await _gpus.SayMemoryAsync($"10:00:01.1, GPU-a, {script}, {memory}");
        await _gpus.SayBusyAsync("# Time gpu pid type sm", $"10:00:01 0 {script} C 55");
        await EndAsync(running, glances: 2);

        Assert.Equal(new GpuUse { MeanUtilisation = 55, PeakUtilisation = 55 }, context.Used!.Gpu);
    }

    [Fact]
    public async Task A_step_that_uses_none_has_no_figures()
    {
        var (context, running) = await BeginAsync();

        await _gpus.SayMemoryAsync($"10:00:01.1, GPU-a, {Environment.ProcessId}, 70000", "No running processes found");
        await EndAsync(running, glances: 1);

        Assert.NotNull(context.Used);
        Assert.Null(context.Used.Gpu);
    }

    [Theory]
    [InlineData("exec sleep 600")]
    [InlineData("exec yes rubbish, more, 12x, [?]")]
    [InlineData("exec cat /dev/urandom")]
    [InlineData("echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9")]
    [InlineData("kill -9 $$")]
    [InlineData("#!/no/such/program")]
    public async Task Whatever_it_does_instead_of_answering_costs_the_step_nothing(string says)
    {
        _gpus.Does(says);
        var (context, running) = await BeginAsync();
        await _pids.Task;

        await EndAsync(running, glances: 0);

        Assert.True(context.Used is { CpuSeconds: > 0, Gpu: null }, $"{context.Used}");
    }

    [Fact]
    public async Task Nothing_of_it_is_left_when_its_program_ends()
    {
        _gpus.Does("echo $$ >> $0.pids; exec sleep 600");
        var (_, running) = await BeginAsync();
        await Eventually.TrueAsync(() => _gpus.Started().Count == 2, "both questions are asked");

        await EndAsync(running, glances: 0);
        await _watch.DisposeAsync();

        await Eventually.TrueAsync(() => _gpus.Started().All(Processes.IsGone), "both have ended");
    }

    private async Task<(ActivityContext, Task)> BeginAsync()
    {
        var context = _step.Context();
        var running = step(Works.Replace("GATE", _gpus.Gate, StringComparison.Ordinal)).RunAsync(context, CancellationToken.None);
        await Task.WhenAny(running, _pids.Task);
        return (context, running);
    }

    private async Task EndAsync(Task running, int glances)
    {
        await Eventually.TrueAsync(() => _watch.Glances >= glances, $"{glances} glances were heard of");
        await Task.WhenAll(_gpus.OpenAsync(), running);
    }

    public async ValueTask DisposeAsync()
    {
        _step.Dispose();
        await _warm.DisposeAsync();
        _gpus.Dispose();
    }
}
