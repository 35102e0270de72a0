using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Flows.Contract.Activities;
using Flows.Library.Python;
using Flows.Tests.Support;

namespace Flows.Tests.Library;

/// <summary>What only forked steps do: parents that are lost, modules that are learned, nothing shared by accident.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ForkServerTests : IAsyncDisposable
{
    // A script that says its parent, its keeper and itself, and where these are read from.
    private const string Ancestors = """
        import os
        def parent(pid): return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        print("pids", parent(os.getppid()), os.getppid(), os.getpid(), flush=True)

        """;

    private readonly WarmHost _warm = new();
    private readonly Step _step;

    public ForkServerTests() => _step = new Step { Host = _warm.Host };

    [Fact]
    public async Task Steps_are_children_of_one_parent()
    {
        var first = await AncestorsAsync();
        var second = await AncestorsAsync();

        Assert.Equal(first.Parent, second.Parent);
        Assert.NotEqual(first.Script, second.Script);
    }

    [Fact]
    public async Task A_parent_killed_in_the_middle_of_a_step_costs_it_nothing_and_the_next_gets_another()
    {
        var pids = new ConcurrentQueue<Pids>();
        _step.OnLine = line =>
        {
            if (Pids.Of(line) is not { } seen) return;
            pids.Enqueue(seen);
            Processes.Kill(seen.Parent);
        };
        var script = Ancestors + """
            import time
            def is_kept():
                try: return "flows.worker" in open(f"/proc/{parent(os.getppid())}/cmdline").read()
                except OSError: return True  # It ended in between: the next look finds who came after it.
            while is_kept(): time.sleep(0.01)
            print("went on")
            """;

        await _step.RunAsync(new PythonScript { Script = script });
        _step.OnLine = null;

        Assert.Contains("went on", _step.Lines.Select(line => line.Text));
        Assert.NotEqual(Assert.Single(pids).Parent, (await AncestorsAsync()).Parent);
    }

    [Fact]
    public async Task A_parent_killed_under_eight_steps_costs_none_of_them_anything()
    {
        var pids = new ConcurrentQueue<Pids>();
        var steps = Enumerable.Range(0, 8).Select(_ => new Step { Host = _warm.Host, OnLine = line => { if (Pids.Of(line) is { } seen) pids.Enqueue(seen); } }).ToList();
        var script = Ancestors + """
            import time
            def is_kept():
                try: return "flows.worker" in open(f"/proc/{parent(os.getppid())}/cmdline").read()
                except OSError: return True  # It ended in between: the next look finds who came after it.
            while is_kept(): time.sleep(0.01)
            print("went on")
            """;

        var running = steps.Select(step => step.RunAsync(new PythonScript { Script = script })).ToList();
        await Eventually.TrueAsync(() => pids.Count == 8, "all have begun");
        Processes.Kill(Assert.Single(pids.Select(seen => seen.Parent).Distinct()));
        await Task.WhenAll(running);

        Assert.All(steps, step => Assert.Single(step.Lines, line => line.Text == "went on"));
        Assert.NotEqual(pids.First().Parent, (await AncestorsAsync()).Parent);
        steps.ForEach(step => step.Dispose());
    }

    [Fact]
    public async Task The_parent_asked_longest_ago_ends_when_there_are_too_many()
    {
        var parents = new List<int>();
        foreach (var name in Enumerable.Range(0, 9).Select(i => Path.Combine(_warm.Folder, $"python{i}")))
        {
            File.CreateSymbolicLink(name, PythonInterpreter.Find([])!.Path);
            parents.Add((await AncestorsAsync(name)).Parent);
        }

        await Eventually.TrueAsync(() => Processes.IsGone(parents[0]), "the first parent is gone");
        Assert.All(parents.Skip(1), parent => Assert.False(Processes.IsGone(parent)));
    }

    [Fact]
    public async Task A_parent_that_dies_before_the_script_begins_is_replaced_and_the_script_runs_once()
    {
        var (parent, keeper, _) = await AncestorsAsync();
        await Eventually.TrueAsync(() => Processes.IsGone(keeper), "the first step's keeper is gone", 10);
        var socket = await SocketOfAsync(parent);
        Processes.Stop(parent);

        var running = AncestorsAsync();
        // The listening end, and one that waits to be accepted.
        await Eventually.TrueAsync(() => File.ReadAllText("/proc/net/unix").Split('\n').Count(line => line.EndsWith(socket, StringComparison.Ordinal)) > 1, "the step has asked the parent", 10);
        Processes.Kill(parent);

        Assert.NotEqual(parent, (await running).Parent);
        Assert.Equal(2, _step.Lines.Count(line => Pids.Of(line.Text) is not null));
        Assert.Contains(_step.Lines, line => line.Level == LogLevel.Debug && line.Text.Contains("started anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_that_is_killed_faults_and_its_parent_lives_on()
    {
        _step.OnLine = line => { if (Pids.Of(line) is { } seen) Processes.Kill(seen.Script); };

        var fault = await _step.FaultAsync(new PythonScript { Script = Ancestors + "import time\ntime.sleep(600)" });
        _step.OnLine = null;

        Assert.Contains("ended by signal 9", fault.Message);
        Assert.Equal(LastPids().Parent, (await AncestorsAsync()).Parent);
    }

    [Fact]
    public async Task A_script_whose_keeper_is_killed_is_lost_with_all_it_started_and_says_so()
    {
        _step.OnLine = line => { if (Pids.Of(line) is { } seen) Processes.Kill(seen.Keeper); };
        var script = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint('child', child.pid)\n" + Ancestors + "import time\ntime.sleep(600)";

        var lost = await Assert.ThrowsAsync<StepLost>(() => _step.RunAsync(new PythonScript { Script = script }));

        Assert.Contains("The script was lost", lost.Message);
        var child = int.Parse(_step.Lines.First(line => line.Text.StartsWith("child ", StringComparison.Ordinal)).Text[6..], CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => Processes.IsGone(LastPids().Script) && Processes.IsGone(child), "script and child are gone", 10);
    }

    [Fact]
    public async Task What_a_script_leaves_in_a_session_of_its_own_is_gone_when_the_step_ends()
    {
        var script = "import subprocess\nprint(subprocess.Popen(['setsid', 'sh', '-c', 'sleep 600 & sleep 600'], stdout=subprocess.DEVNULL).pid)";

        await _step.RunAsync(new PythonScript { Script = script });

        Assert.True(Processes.IsGone(int.Parse(Assert.Single(_step.Lines).Text, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_script_inherits_no_descriptor()
    {
        await _step.RunAsync(new PythonScript { Script = "import os\nprint(*[fd for fd in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + fd)])" });

        Assert.Equal("0 1 2", Assert.Single(_step.Lines).Text);
    }

    [Fact]
    public async Task Fifty_steps_at_once_do_not_mix()
    {
        var steps = Enumerable.Range(0, 50).Select(_ => new Step { Host = _warm.Host }).ToList();

        await Task.WhenAll(steps.Select((step, i) => step.RunAsync(new PythonScript { Script = $"import os\nopen('mine', 'x').write('{i}')\nprint({i}, open('mine').read(), os.listdir('.').count('mine'))" })));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i} {i} 1"), steps.Select(step => Assert.Single(step.Lines).Text));
        steps.ForEach(step => step.Dispose());
    }

    [Fact]
    public async Task Neither_the_programs_environment_nor_another_steps_is_anywhere_in_a_scripts_reach()
    {
        Environment.SetEnvironmentVariable("FLOWS_TEST_SECRET", "hush-hush");
        await _step.RunAsync(new PythonScript { Script = "pass" }, Secret("token-of-the-first-step"));
        var script = Ancestors + """
            import re
            def memory(pid):
                for line in open(f"/proc/{pid}/maps"):
                    start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
                    if mode.startswith("rw"):
                        with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
                            file.seek(int(start, 16))
                            yield file.read(int(end, 16) - int(start, 16))
            print("environment", any(b"hush-" + b"hush" in open(f"/proc/{pid}/environ", "rb").read() for pid in (os.getpid(), os.getppid(), parent(os.getppid()))))
            print("memory", sum(len(part) > 0 for part in memory(parent(os.getppid()))) > 1, any(b"token-of-the-" + b"first-step" in part for part in memory(parent(os.getppid()))))
            """;

        await _step.RunAsync(new PythonScript { Script = script });

        Assert.Equal(["environment False", "memory True False"], _step.Lines.Select(line => line.Text).Where(line => Pids.Of(line) is null));
    }

    [Fact]
    public async Task Imports_are_learned_from_scripts_and_kept_for_the_next_parent()
    {
        await _step.RunAsync(new PythonScript { Script = "import wave" });

        await UntilLoadedAsync(_warm.Host, "wave");
        await using var next = new StepHost(_warm.Folder);
        Assert.Equal("True", await PrintedAsync(next, "import sys\nprint('wave' in sys.modules)"));
    }

    [Fact]
    public async Task A_module_that_crashes_or_starts_threads_is_never_imported_by_the_parent()
    {
        var interpreter = await VirtualEnvironmentAsync(("crashing", "import os, sys\nif 'flows.worker' in sys.modules and len(sys.argv) == 3: os.abort()"), ("threaded", "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()"), ("harmless", ""));
        var before = await AncestorsAsync(interpreter);
        await PrintedAsync(_warm.Host, "import crashing, threaded, harmless", interpreter);

        for (var known = ""; !known.Contains("harmless", StringComparison.Ordinal);)
        {
            await PrintedAsync(_warm.Host, "import crashing, threaded, harmless", interpreter);
            known = await PrintedAsync(_warm.Host, "import sys\nprint(*[name for name in ('crashing', 'threaded', 'harmless') if name in sys.modules])", interpreter);
        }

        Assert.Equal("harmless", await PrintedAsync(_warm.Host, "import sys\nprint(*[name for name in ('crashing', 'threaded', 'harmless') if name in sys.modules])", interpreter));
        Assert.Equal(before.Parent, (await AncestorsAsync(interpreter)).Parent);
    }

    [Fact]
    public async Task Random_numbers_differ_from_step_to_step()
    {
        const string script = "import random, sys\nprint(random.random())\nif 'numpy.random' in sys.modules:\n    import numpy\n    print(numpy.random.rand())";
        await PrintedAsync(_warm.Host, "import random");
        if (PythonInterpreter.Find(["numpy"]) is { Missing.Count: 0, Path: var python })
        {
            await PrintedAsync(_warm.Host, "import numpy.random", python);
            await UntilLoadedAsync(_warm.Host, "numpy.random", python);
        }

        Assert.NotEqual(await PrintedAsync(_warm.Host, script), await PrintedAsync(_warm.Host, script));
    }

    [Fact]
    public async Task A_script_runs_as_a_plain_process_when_the_fork_server_cannot_start()
    {
        var interpreter = Path.Combine(_warm.Folder, "python-without-worker");
        await File.WriteAllTextAsync(interpreter, $"#!/bin/sh\ncase \"$*\" in *flows.worker*) echo no such luck >&2; exit 7;; esac\nexec {PythonInterpreter.Find([])!.Path} \"$@\"\n");
        File.SetUnixFileMode(interpreter, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await _step.RunAsync(new PythonScript { Script = "print('ran')", Interpreter = interpreter });

        Assert.Contains((LogLevel.Output, "ran"), _step.Lines);
        Assert.Contains(_step.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("exit code 7: no such luck", StringComparison.Ordinal) && line.Text.Contains("plain process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fork_server_that_was_killed_while_it_started_is_started_anew_for_the_next_step()
    {
        var interpreter = Path.Combine(_warm.Folder, "python-killed-twice");
        await File.WriteAllTextAsync(interpreter, $"#!/bin/sh\ncase \"$*\" in *'flows.worker '*) [ $(ls {_warm.Folder}/killed-* 2>/dev/null | wc -l) = 2 ] || {{ touch {_warm.Folder}/killed-$$; kill -9 $$; }};; esac\nexec {PythonInterpreter.Find([])!.Path} \"$@\"\n");
        File.SetUnixFileMode(interpreter, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.EndsWith("False", await PrintedAsync(_warm.Host, "import sys\nprint('flows.worker.keeper' in sys.modules)", interpreter));
        Assert.Equal("True", await PrintedAsync(_warm.Host, "import sys\nprint('flows.worker.keeper' in sys.modules)", interpreter));
    }

    [Fact]
    public async Task A_step_that_asks_for_a_process_gets_a_new_interpreter()
    {
        await _step.RunAsync(new PythonScript { Script = "import sys\nprint('flows.worker' in sys.modules)", Isolation = ScriptIsolation.Process });
        await _step.RunAsync(new PythonScript { Script = "import sys\nprint('flows.worker' in sys.modules)" });

        Assert.Equal(["False", "True"], _step.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Only_this_user_may_ask_the_parent_and_it_ends_with_the_program()
    {
        var parent = (await AncestorsAsync()).Parent;
        var socket = await SocketOfAsync(parent);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(socket)!));
        await _warm.Host.DisposeAsync();
        Assert.True(Processes.IsGone(parent));
        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
    }

    [Fact]
    public async Task A_killed_server_leaves_no_parent_no_script_and_nothing_that_a_script_started()
    {
        var said = Path.Combine(_warm.Folder, "pids");
        var script = Ancestors + $"import subprocess, time\nchild = subprocess.Popen(['setsid', 'sleep', '600'])\nopen('{said}.part', 'w').write(f'{{parent(os.getppid())}} {{os.getppid()}} {{os.getpid()}} {{child.pid}}')\nos.rename('{said}.part', '{said}')\ntime.sleep(600)";
        await using var hub = await HubProcess.StartAsync(Path.Combine(_warm.Folder, "data"));
        await hub.Http.ImportFlowAsync(Some.Chain("sleeper", Some.Activity("sleep", "Flows.PythonScript", ("script", Some.Text(script)))));
        await hub.Http.StartRunAsync("sleeper");
        await Eventually.TrueAsync(() => File.Exists(said), "the script runs", 60);

        await hub.KillAsync();

        var pids = (await File.ReadAllTextAsync(said)).Split(' ').Select(int.Parse).ToList();
        Assert.Equal(4, pids.Count);
        await Eventually.TrueAsync(() => Task.FromResult(pids.TrueForAll(Processes.IsGone)), () => $"gone are {string.Join(", ", pids.Zip(["parent", "keeper", "script", "orphan"], (pid, role) => $"{role} {Processes.IsGone(pid)}"))}", 10);
    }

    private Flows.Contract.Activities.ActivityContext Secret(string token)
    {
        var from = _step.Context();
        return new Flows.Contract.Activities.ActivityContext
        {
            RunId = from.RunId, StepId = from.StepId, ActivityId = from.ActivityId, ProjectId = from.ProjectId, DefinitionId = from.DefinitionId,
            Activity = from.Activity, Inputs = from.Inputs, WorkFolder = from.WorkFolder, Artifacts = from.Artifacts, Files = from.Files,
            DataSets = from.DataSets, Models = from.Models, Deployments = from.Deployments, Log = from.Log, Host = from.Host, Token = token,
        };
    }

    private async Task<Pids> AncestorsAsync(string? interpreter = null)
    {
        await _step.RunAsync(new PythonScript { Script = Ancestors, Interpreter = interpreter });
        return LastPids();
    }

    private static async Task<string> SocketOfAsync(int parent) =>
        (await File.ReadAllTextAsync($"/proc/{parent}/cmdline")).Split('\0').Single(part => part.EndsWith("/socket", StringComparison.Ordinal));

    private Pids LastPids() => _step.Lines.Select(line => Pids.Of(line.Text)).OfType<Pids>().Last();

    private static async Task<string> PrintedAsync(StepHost host, string script, string? interpreter = null)
    {
        using var step = new Step { Host = host };
        await step.RunAsync(new PythonScript { Script = script, Interpreter = interpreter });
        return string.Join('\n', step.Lines.Select(line => line.Text));
    }

    private static async Task UntilLoadedAsync(StepHost host, string module, string? interpreter = null)
    {
        var watch = Stopwatch.StartNew();
        while (await PrintedAsync(host, $"import sys\nprint('{module}' in sys.modules)", interpreter) != "True")
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{module} was not learned");
    }

    private async Task<string> VirtualEnvironmentAsync(params (string Name, string Text)[] modules)
    {
        var folder = Path.Combine(_warm.Folder, "venv");
        using var made = Process.Start("/usr/bin/python3", ["-m", "venv", "--without-pip", folder]);
        await made.WaitForExitAsync();
        Assert.SkipWhen(made.ExitCode != 0, "python3-venv is not installed");
        var packages = Directory.GetDirectories(Path.Combine(folder, "lib"), "site-packages", SearchOption.AllDirectories).Single();
        foreach (var (name, text) in modules) await File.WriteAllTextAsync(Path.Combine(packages, name + ".py"), text);
        return Path.Combine(folder, "bin", "python3");
    }

    private sealed record Pids(int Parent, int Keeper, int Script)
    {
        public static Pids? Of(string line) => line.Split(' ') is ["pids", var parent, var keeper, var script]
            ? new Pids(int.Parse(parent, CultureInfo.InvariantCulture), int.Parse(keeper, CultureInfo.InvariantCulture), int.Parse(script, CultureInfo.InvariantCulture)) : null;
    }

    public async ValueTask DisposeAsync()
    {
        _step.Dispose();
        await _warm.DisposeAsync();
    }
}
