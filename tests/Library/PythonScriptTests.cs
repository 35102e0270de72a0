using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Python;
using Flows.Library.Training;
using Flows.Tests.Support;

namespace Flows.Tests.Library;

public sealed class PlainPythonScriptTests() : PythonScriptTests(null);

public sealed class ForkedPythonScriptTests(WarmHost warm) : PythonScriptTests(warm.Host), IClassFixture<WarmHost>;

/// <summary>What scripts are promised, however their process is made.</summary>
public abstract class PythonScriptTests(StepHost? host) : IDisposable
{
    private readonly Step _step = new() { Host = host };

    [Fact]
    public async Task A_script_reads_inputs_and_parameters_and_writes_outputs_and_figures()
    {
        var rows = await _step.TableAsync("select * from (values (1, 'a,b'), (2, 'c')) t(id, name)");
        var context = _step.Context(new JsonObject { ["rows"] = rows.ToJson(), ["limit"] = "2.5" }, Activity("""
            {"inputs":[{"name":"rows","type":"Table"},{"name":"limit","type":"Double"}], "parameters":[{"name":"factor","type":"Int32","value":3}],
             "outputs":[{"name":"doubled","type":"Table"},{"name":"note","type":"String"},{"name":"picture","type":"Image"},{"name":"all","type":"Folder"}]}
            """));
        var script = """
            import flows, os
            factor = flows.param("factor", 1)
            flows.table("doubled", [{"id": int(row["id"]) * factor, "name": row["name"]} for row in flows.rows("rows")])
            open(flows.output("note.json"), "w").write('"limit %s"' % flows.value("limit"))
            open(flows.output("picture.svg"), "w").write("<svg/>")
            os.mkdir(flows.output("all")); open(flows.output("all/one.txt"), "w").write("1")
            flows.metric("accuracy", 0.5)
            flows.metric("loss", float("nan"))
            """;

        await _step.RunAsync(new PythonScript { Script = script }, context);

        var table = Artifact.From(context.Outputs["doubled"])!;
        Assert.Equal(2, table.Rows);
        Assert.Equal("""[3,"a,b"]""", _step.Rows(table)[0].ToJsonString());
        Assert.Equal("limit 2.5", context.Outputs["note"]!.GetValue<string>());
        Assert.Equal(("Image", "image/svg+xml"), (Artifact.From(context.Outputs["picture"])!.Kind, Artifact.From(context.Outputs["picture"])!.MediaType));
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(await _step.Store.FetchAsync(Artifact.From(context.Outputs["all"])!), "one.txt")));
        Assert.Equal(0.5, context.Metrics["accuracy"]);
        Assert.Contains((LogLevel.Output, "accuracy = 0.5"), _step.Lines);
    }

    [Fact]
    public async Task A_script_sees_what_it_is_promised_and_none_of_the_programs_own_environment()
    {
        Environment.SetEnvironmentVariable("FLOWS_TEST_SECRET", "hush");

        await _step.RunAsync(new PythonScript { Script = "import os\nprint(*sorted(os.environ), sep='\\n')" });

        var seen = _step.Lines.Select(line => line.Text).ToList();
        Assert.Contains("FLOWS_RUN_ID", seen);
        Assert.DoesNotContain("FLOWS_TEST_SECRET", seen);
        Assert.Empty(seen.Except(["DOTSCIENCE_WORKLOAD_TYPE", "FLOWS_OUTPUT_DIR", "FLOWS_RUN_ID", "FLOWS_SEED", "FLOWS_STEP_ID", "HOME", "LANG", "LC_CTYPE", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH", "PYTHONHASHSEED", "PYTHONPATH"]));
    }

    [Fact]
    public async Task A_script_that_exits_3_is_a_fault_with_the_code_and_its_last_words()
    {
        var fault = await _step.FaultAsync(new PythonScript { Script = "import sys\nprint('no such column: price', file=sys.stderr)\nsys.exit(3)" });

        Assert.Contains("exit code 3", fault.Message);
        Assert.Contains("no such column: price", fault.Message);
    }

    [Fact]
    public async Task An_exception_is_shown_from_the_scripts_own_line_on()
    {
        var fault = await _step.FaultAsync(new PythonScript { Script = "def f():\n    return 1 / 0\nf()" });

        Assert.Contains("ZeroDivisionError", fault.Message);
        Assert.Contains("line 3", fault.Message);
        Assert.DoesNotContain("runpy", fault.Message);
    }

    [Fact]
    public async Task An_output_that_was_not_written_is_named()
    {
        var context = _step.Context(activity: Activity("""{"outputs":[{"name":"cleaned","type":"Table"}]}"""));

        var fault = await _step.FaultAsync(new PythonScript { Script = "pass" }, context);

        Assert.Contains("output 'cleaned'", fault.Message);
    }

    [Fact]
    public async Task A_ragged_table_output_is_named_by_line()
    {
        var context = _step.Context(activity: Activity("""{"outputs":[{"name":"cleaned","type":"Table"}]}"""));

        var fault = await _step.FaultAsync(new PythonScript { Script = "import flows\nopen(flows.output('cleaned.csv'), 'w').write('a,b\\n1,2\\n3\\n')" }, context);

        Assert.Contains("'cleaned.csv', line 3", fault.Message);
    }

    [Fact]
    public async Task An_input_that_nothing_is_wired_to_and_a_missing_script_are_named()
    {
        var context = _step.Context(activity: Activity("""{"inputs":[{"name":"rows","type":"Table"}]}"""));

        Assert.Contains("Input 'rows'", (await _step.FaultAsync(new PythonScript { Script = "pass" }, context)).Message);
        Assert.Contains("There is no script", (await _step.FaultAsync(new PythonScript())).Message);
        Assert.Contains("'gone.py'", (await _step.FaultAsync(new PythonScript { ScriptFile = "gone.py" })).Message);
    }

    [Fact]
    public async Task Cancelling_ends_the_script_and_its_grandchildren()
    {
        using var stop = new CancellationTokenSource();
        var pids = new List<int>();
        _step.OnLine = line =>
        {
            if (!line.StartsWith("pids ", StringComparison.Ordinal)) return;
            pids.AddRange(line.Split(' ').Skip(1).Select(int.Parse));
            stop.Cancel();
        };
        // The grandchild does not listen when it is asked to end.
        var script = """
            import os, subprocess, time
            child = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; sleep 600 & wait; sleep 600"])
            time.sleep(0.2)
            print("pids", os.getpid(), child.pid, flush=True)
            time.sleep(600)
            """;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _step.RunAsync(new PythonScript { Script = script }, cancellation: stop.Token));

        Assert.Equal(2, pids.Count);
        await Eventually.TrueAsync(() => pids.TrueForAll(Processes.IsGone), "the processes are gone", 10);
    }

    [Fact]
    public async Task A_script_that_runs_for_ever_is_ended_at_its_timeout()
    {
        var fault = await _step.FaultAsync(new PythonScript { Script = "while True: pass", Timeout = 0.5 });

        Assert.Contains("timeout of 0.5 seconds", fault.Message);
    }

    [Fact]
    public async Task What_a_script_leaves_in_the_background_ends_with_it()
    {
        var pid = 0;
        _step.OnLine = line => pid = int.Parse(line);

        await _step.RunAsync(new PythonScript { Script = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)" });

        await Eventually.TrueAsync(() => Processes.IsGone(pid), "the background process is gone", 10);
    }

    [Fact]
    public async Task A_script_has_its_outputs_open_and_nothing_else()
    {
        await _step.RunAsync(new PythonScript { Script = "import os\nprint(*[fd for fd in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + fd) and int(fd) > 2 and not os.readlink('/proc/self/fd/' + fd).startswith('pipe:')])" });

        Assert.Equal("", Assert.Single(_step.Lines).Text);
    }

    [Fact]
    public async Task What_a_script_left_open_is_written_and_what_it_registered_for_its_end_is_done()
    {
        var context = _step.Context(activity: Activity("""{"outputs":[{"name":"note","type":"File"},{"name":"zip","type":"File"}]}"""));
        var script = """
            import atexit, flows, threading, time, zipfile
            note = open(flows.output("note.txt"), "w")
            note.write("kept")
            archive = zipfile.ZipFile(flows.output("zip.zip"), "w")
            archive.writestr("a", "b")
            def late():
                time.sleep(0.2)
                print("thread")
            threading.Thread(target=late).start()
            atexit.register(lambda: print("at exit"))
            """;

        await _step.RunAsync(new PythonScript { Script = script }, context);

        Assert.Equal("kept", await File.ReadAllTextAsync(await _step.Store.FetchAsync(Artifact.From(context.Outputs["note"])!)));
        using var archive = System.IO.Compression.ZipFile.OpenRead(await _step.Store.FetchAsync(Artifact.From(context.Outputs["zip"])!));
        Assert.Equal("a", Assert.Single(archive.Entries).Name);
        Assert.Equal(["thread", "at exit"], _step.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task A_script_is_held_to_its_limits()
    {
        var cpu = await _step.FaultAsync(new PythonScript { Script = "while True: pass", CpuLimit = 1 });
        var memory = await _step.FaultAsync(new PythonScript { Script = "x = bytearray(3_000_000_000)", MemoryLimit = 2000 });
        var files = await _step.FaultAsync(new PythonScript { Script = "import os\nx = [open(os.devnull) for _ in range(100)]", OpenFiles = 64 });

        Assert.Contains("limit of 1 seconds of processor time", cpu.Message);
        Assert.Contains("MemoryError", memory.Message);
        Assert.Contains("Too many open files", files.Message);
    }

    [Fact]
    public async Task A_module_beside_the_script_goes_before_one_of_the_same_name_elsewhere()
    {
        await _step.RunAsync(new PythonScript { Script = "import wave" });
        _step.File("wave.py", "hello = 'mine'");
        _step.File("main.py", "import wave\nprint(wave.hello)");

        await _step.RunAsync(new PythonScript { ScriptFile = "main.py" });

        Assert.Equal("mine", Assert.Single(_step.Lines).Text);
    }

    [Fact]
    public async Task A_line_that_never_ends_is_cut_and_the_rest_counted()
    {
        await _step.RunAsync(new PythonScript { Script = "print('z' * 1_000_000)" });

        var line = Assert.Single(_step.Lines).Text;
        Assert.InRange(line.Length, 8192, 8300);
        Assert.EndsWith("(and 991,808 bytes more)", line);
    }

    [Fact]
    public async Task A_scikit_learn_model_is_written_evaluated_and_described()
    {
        Assert.SkipWhen(PythonInterpreter.Find(["sklearn"]) is null or { Missing.Count: > 0 }, "python3-sklearn is not installed");
        var rows = await _step.TableAsync("select range % 2 as kind, (range % 2) + sin(range) / 3 as x, cos(range) as y from range(200)");
        var context = _step.Context(new JsonObject { ["rows"] = rows.ToJson() }, Activity("""{"inputs":[{"name":"rows","type":"Table"}],"outputs":[{"name":"model","type":"Model"}]}"""));
        var script = """
            import flows
            from sklearn.svm import SVC
            rows = list(flows.rows("rows"))
            x = [[float(r["x"]), float(r["y"])] for r in rows]
            flows.model("model", SVC(probability=True, random_state=1).fit(x, [int(r["kind"]) for r in rows]), label="kind", features=["x", "y"], example={"x": x[0][0], "y": x[0][1]})
            """;

        await _step.RunAsync(new PythonScript { Script = script }, context);
        var model = Artifact.From(context.Outputs["model"])!;
        var judged = await _step.RunAsync(new EvaluateModel { Model = model, Rows = rows });

        var facts = ModelFacts.From(model.Facts)!;
        Assert.Equal(("sklearn", "classification", "number", "SVC"), (facts.Format, facts.Task, facts.LabelType, facts.Trainer));
        Assert.True(judged.Metrics!.Facts!["accuracy"]!.GetValue<double>() > 0.9, judged.Metrics.Facts.ToJsonString());
        Assert.True(judged.Metrics.Facts["auc"]!.GetValue<double>() > 0.9, judged.Metrics.Facts.ToJsonString());
    }

    [Theory]
    [InlineData("import numpy as np\nfrom sklearn.svm import SVC\nimport os, json\nimport flows", "numpy,sklearn,os,json")]
    [InlineData("from pandas.core import x\nif True:\n    import scipy.stats as st", "pandas,scipy")]
    public void The_modules_that_a_script_needs_are_read_from_it(string script, string modules) =>
        Assert.Equal(modules, string.Join(',', PythonInterpreter.ModulesOf(script)));

    private static JsonObject Activity(string ports) => new() { ["id"] = "script", ["type"] = "Flows.PythonScript", ["customProperties"] = new JsonObject { ["ports"] = JsonNode.Parse(ports) } };

    public void Dispose() => _step.Dispose();
}
