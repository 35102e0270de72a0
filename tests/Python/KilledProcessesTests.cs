using System.Globalization;
using Flows.Contract.Activities;
using Flows.Library.Python;
using Flows.Tests.Library;
using Eventually = Flows.Tests.Support.Eventually;

namespace Flows.Tests.Python;

public sealed class PlainKilledProcessesTests() : KilledProcessesTests(ScriptIsolation.Process);

public sealed class ForkedKilledProcessesTests() : KilledProcessesTests(ScriptIsolation.Fork);

/// <summary>An end is said when nothing is left, however a script's processes hide; a limit is one for all of them.</summary>
public abstract class KilledProcessesTests(ScriptIsolation isolation) : IAsyncLifetime
{
    // Says "pids" and all of its processes: a deaf grandchild in a session of its own, a stopped one, a daemon, one that forks
    // again and again, for two minutes at most: nobody could stop it if this program were killed.
    private const string Hiding = """
        import os, signal, subprocess, sys, time
        deaf = subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP INT; while :; do sleep 600; done"], cwd="/", env={})
        stopped = subprocess.Popen(["sleep", "600"])
        os.kill(stopped.pid, signal.SIGSTOP)
        told, tell = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.chdir("/")
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                os.write(tell, b"%d" % os.getpid())
                while True: time.sleep(600)
            os._exit(0)
        daemon = int(os.read(told, 20))
        restless = subprocess.Popen([sys.executable, "-c", "import os, time  # MARK\nos.setsid()\nuntil = time.time() + 120\nwhile time.time() < until:\n    if os.fork(): os._exit(0)\n    time.sleep(0.002)"])
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("pids", os.getppid(), os.getpid(), deaf.pid, stopped.pid, daemon, flush=True)

        """;

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly WarmHost _warm = new();
    private readonly List<int> _pids = [];
    private Step _step = null!;

    public ValueTask InitializeAsync()
    {
        _step = new Step { Host = _warm.Host };
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_of_a_script_that_hides_its_processes()
    {
        using var stop = new CancellationTokenSource();
        OnPids(_ => stop.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _step.RunAsync(Script(Hiding + "time.sleep(600)"), cancellation: stop.Token));

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_timeout_leaves_nothing_of_a_stopped_script_either()
    {
        OnPids(_ => { });

        // Long enough for a busy machine to start all that it hides; then it waits, stopped.
        var fault = await _step.FaultAsync(Script(Hiding + "os.kill(os.getpid(), signal.SIGSTOP)", timeout: 10));

        Assert.Contains("timeout of 10 seconds", fault.Message);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task The_end_of_a_script_is_the_end_of_all_that_it_started()
    {
        OnPids(_ => { });

        await _step.RunAsync(Script(Hiding));

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_killed_keeper_costs_its_step_and_leaves_nothing()
    {
        OnPids(pids => Processes.Kill(pids[0]));

        var lost = await Assert.ThrowsAsync<StepLost>(() => _step.RunAsync(Script(Hiding + "time.sleep(600)")));

        Assert.Contains("The script was lost", lost.Message);
        // A plain process has no parent that its orphans come to: who gave up session, folder and variables gets away.
        var away = isolation == ScriptIsolation.Process ? new[] { _pids[2], _pids[4] } : [];
        await Eventually.TrueAsync(() => Task.FromResult(_pids.Except(away).All(Processes.IsGone)), () => $"of {string.Join(' ', _pids)} some are left");
        foreach (var left in away) Processes.TryKill(left);
        while (Restless() is [var restless, ..]) Processes.TryKill(restless);
    }

    [Fact]
    public async Task A_memory_limit_is_for_all_processes_of_a_script_together()
    {
        var context = _step.Context();
        const string script = """
            import os, time
            for _ in range(4):
                if os.fork() == 0:
                    x = b"x" * 60_000_000
                    time.sleep(600)
            time.sleep(600)
            """;

        var fault = await _step.FaultAsync(Script(script, memory: 150), context);

        Assert.Contains("was killed: it used more than 150 MB", fault.Message);
        Assert.InRange(context.Used!.PeakMemory, 150_000_000, 400_000_000);
    }

    [Fact]
    public async Task Memory_that_many_threads_only_reserve_is_not_used()
    {
        const string script = """
            import threading, time
            many = [threading.Thread(target=lambda: (bytearray(1000), time.sleep(0.5))) for _ in range(16)]
            for one in many: one.start()
            for one in many: one.join()
            print("done")
            """;

        await _step.RunAsync(Script(script, memory: 150));

        Assert.Equal("done", Assert.Single(_step.Lines).Text);
    }

    [Fact]
    public async Task A_processor_limit_is_for_all_processes_of_a_script_together()
    {
        const string script = "import os\nfor _ in range(3): os.fork()\nwhile True: pass";

        var fault = await _step.FaultAsync(Script(script, cpu: 1));

        Assert.Contains("was killed: it used its limit of 1 seconds of processor time", fault.Message);
    }

    [Fact]
    public async Task What_a_script_used_is_recorded_also_when_it_faults()
    {
        var context = _step.Context();

        await _step.FaultAsync(Script("import time\nx = b'x' * 80_000_000\nwhile time.process_time() < 0.3: pass\nraise SystemExit(1)"), context);

        Assert.InRange(context.Used!.CpuSeconds, 0.3, 5);
        Assert.InRange(context.Used.PeakMemory, 80_000_000, 300_000_000);
    }

    private void OnPids(Action<List<int>> then) => _step.OnLine = line =>
    {
        if (!line.StartsWith("pids ", StringComparison.Ordinal)) return;
        _pids.AddRange(line.Split(' ').Skip(1).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)));
        then(_pids);
    };

    // Without waiting: the step's end says that they are gone. Who forks for ever is known by what it runs.
    private void AssertNothingIsLeft()
    {
        Assert.Equal(5, _pids.Count);
        Assert.All(_pids.Skip(1), pid => Assert.True(Processes.IsGone(pid), $"process {pid} is still there"));
        Assert.Empty(Restless());
    }

    private List<int> Restless() => [.. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _) && IsMarked(process)).Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture))];

    private bool IsMarked(string process)
    {
        try { return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_mark, StringComparison.Ordinal); }
        catch (IOException) { return false; }
    }

    private PythonScript Script(string script, double timeout = 0, double memory = 0, double cpu = 0) =>
        new() { Script = script.Replace("MARK", _mark, StringComparison.Ordinal), Isolation = isolation, Timeout = timeout, MemoryLimit = memory, CpuLimit = cpu };

    public async ValueTask DisposeAsync()
    {
        _step.Dispose();
        await _warm.DisposeAsync();
    }
}
