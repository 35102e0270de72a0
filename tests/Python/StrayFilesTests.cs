using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using Flows.Library.Python;
using Flows.Tests.Library;

namespace Flows.Tests.Python;

/// <summary>Files that a step's processes use without any port saying so, in Python, in what Python starts, and in a shell.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class StrayFilesTests(WarmHost warm) : IDisposable, IClassFixture<WarmHost>
{
    private readonly Step _step = new() { Host = warm.Host };
    private readonly string _outside = Directory.CreateTempSubdirectory("flows-outside-").FullName;

    [Theory]
    [InlineData(ScriptIsolation.Fork)]
    [InlineData(ScriptIsolation.Process)]
    public async Task A_script_that_reads_and_writes_beside_its_ports_is_found_out_and_so_is_what_it_starts(ScriptIsolation isolation)
    {
        var (read, copied) = (Outside("read.csv", "a\n1\n"), Outside("copied.txt", "x"));
        var script = $"""
            import os, shutil, sqlite3, subprocess, tempfile
            open("{read}").read()
            open("{_outside}/written.txt", "w").write("1")
            subprocess.run(["cp", "{copied}", "{_outside}/copy.txt"], check=True)
            with tempfile.NamedTemporaryFile() as temporary: temporary.write(b"gone")
            open("own.txt", "w").write("mine"); open("own.txt").read()
            os.path.exists("{_outside}/never.txt")
            """;

        var stray = await StrayAsync(new PythonScript { Script = script, Isolation = isolation });

        Assert.Equal("seccomp", stray.By);
        Assert.Equal([copied, read], stray.Read.Select(file => file.Path));
        Assert.Equal([$"{_outside}/copy.txt", $"{_outside}/written.txt"], stray.Written.Select(file => file.Path));
        Assert.Equal(Digest("x"), stray.Read[0].Sha256);
        Assert.Contains(_step.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("read files that are not among its inputs", StringComparison.Ordinal) && line.Text.Contains(read, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shell_script_is_found_out_too_with_what_it_moves_and_removes()
    {
        var (read, moved, removed) = (Outside("read.txt", "r"), Outside("moved.txt", "m"), Outside("removed.txt", "d"));
        var script = $"""
            cat {read} > $FLOWS_OUTPUT_DIR/all.txt
            cd {_outside}
            mv moved.txt there.txt
            rm removed.txt
            echo x > short.txt; rm short.txt
            """;

        var stray = await StrayAsync(new ShellScript { Script = script });

        Assert.Equal([read], stray.Read.Select(file => file.Path));
        Assert.Equal([moved, removed, $"{_outside}/there.txt"], stray.Written.Select(file => file.Path));
    }

    [Fact]
    public async Task What_a_step_is_given_and_what_it_consists_of_is_nothing_that_anybody_wonders_about()
    {
        _step.File("helper.py", "name = 'helper'");
        var file = _step.File("main.py", "import csv, json, helper, flows\nprint(helper.name, len(list(flows.rows('rows'))))\nopen(flows.output('note.json'), 'w').write('1')");
        var context = _step.Context(new JsonObject { ["rows"] = (await _step.TableAsync("select 1 as a")).ToJson() },
            (JsonObject)JsonNode.Parse("""{"customProperties":{"ports":{"inputs":[{"name":"rows","type":"Table"}],"outputs":[{"name":"note","type":"Int32"}]}}}""")!);

        await _step.RunAsync(new PythonScript { ScriptFile = file }, context);

        Assert.Equal(("seccomp", 0, 0), (context.Facts.Stray!.By, context.Facts.Stray.Read.Count, context.Facts.Stray.Written.Count));
        Assert.DoesNotContain(_step.Lines, line => line.Text.Contains("that are not among its", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_step_that_is_not_watched_says_so_and_one_that_opens_much_is_not_held_up_for_ever()
    {
        var read = Outside("read.txt", "r");

        var unwatched = await StrayAsync(new ShellScript { Script = $"cat {read}", WatchFiles = false });
        var busy = await StrayAsync(new PythonScript { Script = $"for i in range(2000): open('{read}').close()" });

        Assert.Equal((StrayFiles.Nobody, 0), (unwatched.By, unwatched.Read.Count));
        Assert.Contains("Note undeclared files is off", unwatched.Why);
        Assert.Single(busy.Read);
    }

    [Fact]
    public async Task Where_the_system_refuses_to_watch_the_step_runs_all_the_same_and_its_record_says_why()
    {
        var (read, python) = (Outside("read.txt", "r"), Outside("python3", Refusing));
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var stray = await StrayAsync(new PythonScript { Script = $"print(open('{read}').read())", Interpreter = python });

        Assert.Contains(_step.Lines, line => line is { Level: LogLevel.Output, Text: "r" });
        Assert.Equal((StrayFiles.Nobody, "Undeclared files were not watched: the system refuses the filter: a sandbox or container forbids seccomp."), (stray.By, stray.Why));
        Assert.Contains(_step.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("were not watched", StringComparison.Ordinal));
    }

    // A Python to which, and to all that it starts, seccomp(2) is forbidden, as containers do it.
    private const string Refusing = """
        #!/usr/bin/python3 -S
        import ctypes, os, struct, sys
        number = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
        lines = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (6, 0, 0, 0x00050001), (6, 0, 0, 0x7FFF0000)]
        class Filter(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]
        libc = ctypes.CDLL(None)
        libc.prctl(38, 1, 0, 0, 0)
        if libc.prctl(22, 2, ctypes.byref(Filter(len(lines), b"".join(struct.pack("=HBBI", *line) for line in lines)))) != 0:
            sys.exit("no filter")
        os.execv("/usr/bin/python3", ["python3", *sys.argv[1:]])

        """;

    private async Task<StrayFiles> StrayAsync(IActivity activity)
    {
        var context = _step.Context();
        await _step.RunAsync(activity, context);
        return context.Facts.Stray!;
    }

    private string Outside(string name, string text)
    {
        File.WriteAllText(Path.Combine(_outside, name), text);
        return Path.Combine(_outside, name);
    }

    private static string Digest(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    public void Dispose()
    {
        _step.Dispose();
        Directory.Delete(_outside, recursive: true);
    }
}
