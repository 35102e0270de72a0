using System.Text.Json;
using Flows.Contract.Activities;
using Flows.Library.Python;
using Flows.Library.Python.Environments;
using Flows.Tests.Library;
using Flows.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Python;

/// <summary>Environments with real interpreters and pip, from a folder of packages made here.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class EnvironmentTests(WarmHost warm, SomeWheels wheels) : IDisposable, IClassFixture<WarmHost>, IClassFixture<SomeWheels>
{
    private readonly WarmHost _warm = warm;
    private readonly Wheels _wheels = wheels.Wheels;
    private readonly Step _step = new() { Host = warm.Host, Project = Guid.NewGuid().ToString("N") };
    private readonly string[] _before = Environments(warm);

    [Theory]
    [InlineData(ScriptIsolation.Fork)]
    [InlineData(ScriptIsolation.Process)]
    public async Task A_script_runs_with_the_packages_that_it_names_and_those_that_they_need(ScriptIsolation isolation)
    {
        var context = _step.Context();
        var script = "import greet, os, subprocess\nprint(greet.hello)\nprint(subprocess.check_output(['python3', '-c', 'import greet; print(greet.hello)'], text=True).strip())";

        await _step.RunAsync(new PythonScript { Script = script, Requirements = _wheels.Requirements("greet", "tiny<1.3  # the newer one is wrong"), Isolation = isolation }, context);

        Assert.Equal(["hello from 1.2", "hello from 1.2"], Outputs());
        Assert.Equal(("python", 64), (context.Environment!.Kind, context.Environment.Digest.Length));
        var packages = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(await _step.Store.FetchAsync(context.Environment.Packages!)))!;
        Assert.Superset(new HashSet<string> { "greet==1.0", "tiny==1.2" }, packages.ToHashSet());
    }

    [Fact]
    public async Task The_same_requirements_share_an_environment_and_others_have_their_own()
    {
        var one = await RecordedAsync(_wheels.Requirements("greet==1.0"));
        var same = await RecordedAsync("# greetings\n" + _wheels.Requirements("", "greet==1.0   "));
        var asResolved = await RecordedAsync(_wheels.Requirements("greet", "tiny==1.3"));
        var other = await RecordedAsync(_wheels.Requirements("greet==1.0", "tiny==1.2"));
        var none = await RecordedAsync("");

        Assert.Equal((one, one), (same, asResolved));
        Assert.Equal(3, new HashSet<string> { one, other, none }.Count);
    }

    [Fact]
    public async Task A_newer_package_does_not_change_what_requirements_resolved_to_before()
    {
        var before = await DigestAsync(_wheels.Requirements("newer"));
        _wheels.Add("newer", "2.0", "");

        Assert.Equal(before, await DigestAsync(_wheels.Requirements("newer")));
        Assert.NotEqual(before, await DigestAsync(_wheels.Requirements("newer>=1")));
    }

    [Fact]
    public async Task Steps_that_need_an_environment_at_once_make_it_once_also_from_several_programs()
    {
        await using var another = new StepHost(_warm.Folder);
        using var second = new Step { Host = another };

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? _step : second).RunAsync(new PythonScript { Script = "import once\nprint(once.name)", Requirements = _wheels.Requirements("once") })));

        var lines = _step.Lines.Concat(second.Lines).ToList();
        Assert.Equal(6, lines.Count(line => line.Text == "made once"));
        Assert.Single(lines, line => line.Text.StartsWith("Making the Python environment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_environment_whose_maker_died_is_made_anew()
    {
        var digest = await RecordedAsync(_wheels.Requirements("greet"));
        var folder = Path.Combine(_warm.Folder, digest);
        File.Delete(Path.Combine(folder, "environment.json"));
        Directory.GetFiles(folder, "tiny.py", SearchOption.AllDirectories).ToList().ForEach(File.Delete);

        await _step.RunAsync(new PythonScript { Script = "import greet\nprint(greet.hello)", Requirements = _wheels.Requirements("greet") });

        Assert.Equal("hello from 1.3", Outputs()[^1]);
    }

    [Theory]
    [InlineData("greet\nno_such_package==4", "line 4: 'no_such_package==4': no package of that name and version")]
    [InlineData("greet==7.0", "line 3: 'greet==7.0': no package of that name and version")]
    [InlineData("greet\n\nfoo bar baz", "line 5: 'foo bar baz' is not a requirement such as")]
    public async Task What_cannot_be_had_is_named_with_its_line(string lines, string expected)
    {
        var fault = await _step.FaultAsync(new PythonScript { Script = "pass", Requirements = _wheels.Requirements(lines.Split('\n')) });

        Assert.Contains(expected, fault.Message);
        Assert.Equal(_before, Environments(_warm));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_warm.Folder, "resolved")));
    }

    [Fact]
    public async Task A_package_that_another_one_needs_is_named_too_and_what_contradicts_itself_is_said()
    {
        var needed = await _step.FaultAsync(new PythonScript { Script = "pass", Requirements = _wheels.Requirements("needy") });
        var contradicting = await _step.FaultAsync(new PythonScript { Script = "pass", Requirements = _wheels.Requirements("tiny==1.2", "tiny==1.3") });

        Assert.Contains("'absent' (which another package requires): no package", needed.Message);
        Assert.Contains("tiny==1.3", contradicting.Message);
    }

    [Fact]
    public async Task System_packages_are_there_or_not_as_the_step_says()
    {
        const string script = "import importlib.util\nprint(importlib.util.find_spec('pip') is not None)";

        await _step.RunAsync(new PythonScript { Script = script, Requirements = _wheels.Requirements("greet"), Interpreter = "/usr/bin/python3" });
        await _step.RunAsync(new PythonScript { Script = script, Requirements = _wheels.Requirements("tiny"), Interpreter = "/usr/bin/python3", SystemPackages = false });

        Assert.Equal(["True", "False"], Outputs());
    }

    [Fact]
    public async Task A_requirements_file_of_the_flow_does_as_well_and_an_interpreter_may_be_named_by_version()
    {
        _step.File("requirements.txt", _wheels.Requirements("greet"));

        await _step.RunAsync(new PythonScript { Script = "import greet, sys\nprint(greet.hello, sys.version_info[:2])", RequirementsFile = "requirements.txt", Interpreter = "3.11" });
        var fault = await _step.FaultAsync(new PythonScript { Script = "pass", Interpreter = "2.1" });

        Assert.Equal("hello from 1.3 (3, 11)", Outputs()[^1]);
        Assert.Contains("no interpreter '2.1' on this machine", fault.Message);
    }

    [Fact]
    public async Task Environments_that_nobody_used_for_long_are_removed_but_the_last_ones_and_those_in_use()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var folder = Path.Combine(_step.Folder, "environments");
        await using var environments = new PythonEnvironments(folder, time);
        var wishes = new[] { "tiny==1.2", "tiny==1.3" }.Select(line => new EnvironmentWish(PythonInterpreter.Find([])!.Path, new Requirements(_wheels.Requirements(line)))).ToList();
        var digests = new List<string>();
        foreach (var wish in wishes)
        {
            using var lease = await environments.TakeAsync(wish, _step, CancellationToken.None);
            digests.Add(lease.Environment.Digest);
            time.Advance(TimeSpan.FromHours(1));
        }
        using var held = await environments.TakeAsync(wishes[0], _step, CancellationToken.None);
        Assert.Empty(environments.Sweep(kept: 0));
        time.Advance(TimeSpan.FromDays(31));

        Assert.Equal([digests[1]], environments.Sweep(kept: 0));
        held.Dispose();
        Assert.Empty(environments.Sweep(kept: 1));
        Assert.Equal([digests[0]], environments.Sweep(kept: 0));
        using var again = await environments.TakeAsync(wishes[0], _step, CancellationToken.None);
        Assert.Equal(digests[0], again.Environment.Digest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("exit 2")]
    public async Task An_environment_is_made_by_uv_where_it_is_and_by_pip_when_uv_cannot(string install)
    {
        var plain = new PythonEnvironments(Path.Combine(_step.Folder, "plain"), TimeProvider.System) { SearchPath = "" };
        var programs = UvStandIn(install);
        var environments = new PythonEnvironments(Path.Combine(_step.Folder, "environments"), TimeProvider.System) { SearchPath = programs };
        var wish = new EnvironmentWish(PythonInterpreter.Find([])!.Path, new Requirements(_wheels.Requirements("greet")));

        using var made = await environments.TakeAsync(wish, _step, CancellationToken.None);

        var calls = await File.ReadAllLinesAsync(Path.Combine(programs, "calls"));
        Assert.StartsWith("venv --quiet --python", calls[0]);
        Assert.Contains("--no-deps --require-hashes -r", calls[1]);
        Assert.Equal(install.Length > 0, _step.Lines.Any(line => line.Text.Contains("uv could not make the environment", StringComparison.Ordinal)));
        Assert.Superset(new HashSet<string> { "greet==1.0", "tiny==1.3" }, made.Environment.Packages.ToHashSet());
        Assert.Equal(await plain.DigestAsync(wish, _step, CancellationToken.None), made.Environment.Digest);
    }

    [Fact]
    public async Task What_a_killed_maker_left_is_removed_after_a_day_and_not_while_somebody_makes_it()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var folder = Path.Combine(_step.Folder, "environments");
        await using var environments = new PythonEnvironments(folder, time);
        var (half, busy, scratch) = (Path.Combine(folder, new string('a', 64)), Path.Combine(folder, new string('b', 64)), Path.Combine(folder, "resolved", new string('c', 32)));
        foreach (var left in new[] { half, busy, scratch }) Directory.CreateDirectory(left);
        await using var maker = new FileStream(busy + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        environments.Sweep();
        Assert.True(Directory.Exists(half) && Directory.Exists(scratch));
        time.Advance(TimeSpan.FromHours(25));
        environments.Sweep();

        Assert.Equal((false, true, false), (Directory.Exists(half), Directory.Exists(busy), Directory.Exists(scratch)));
    }

    [Fact]
    public async Task The_digest_of_a_step_is_known_before_it_runs()
    {
        var before = await DigestAsync(_wheels.Requirements("tiny"));

        Assert.Equal(_before, Environments(_warm));
        Assert.Equal(before, await RecordedAsync(_wheels.Requirements("tiny")));
    }

    // uv itself is in none of the registries that these tests can use: this takes its arguments and does with pip what it would.
    private string UvStandIn(string install)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_step.Folder, "programs")).FullName;
        var program = Path.Combine(folder, "uv");
        File.WriteAllText(program, $"""
            #!/bin/sh
            echo "$@" >> {folder}/calls
            if [ "$1 $2 $3" = "venv --quiet --python" ]; then python=$4; shift 4; exec "$python" -I -m venv --without-pip "$@"; fi
            [ "$1 $2 $3 $4" = "pip install --quiet --python" ] || exit 9
            {install}
            python=$5; shift 5; exec {PythonInterpreter.Find([])!.Path} -m pip --python "$python" install --quiet "$@"
            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private Task<string> DigestAsync(string requirements) =>
        PythonEnvironments.Of(_warm.Host).DigestAsync(new EnvironmentWish(PythonInterpreter.Find([])!.Path, new Requirements(requirements)), _step, CancellationToken.None);

    private async Task<string> RecordedAsync(string requirements)
    {
        var context = _step.Context();
        await _step.RunAsync(new PythonScript { Script = "pass", Requirements = requirements }, context);
        return context.Environment!.Digest;
    }

    private string[] Outputs() => [.. _step.Lines.Where(line => line.Level == LogLevel.Output).Select(line => line.Text)];

    private static string[] Environments(WarmHost warm) => [.. Directory.GetDirectories(warm.Folder).Where(folder => Path.GetFileName(folder).Length == 64).Order()];

    public void Dispose() => _step.Dispose();
}

public sealed class SomeWheels : IDisposable
{
    public SomeWheels()
    {
        Wheels.Add("greet", "1.0", "import tiny\nhello = 'hello from ' + tiny.name", "tiny>=1");
        Wheels.Add("tiny", "1.2", "name = '1.2'");
        Wheels.Add("tiny", "1.3", "name = '1.3'");
        Wheels.Add("once", "1.0", "name = 'made once'");
        Wheels.Add("newer", "1.0", "");
        Wheels.Add("needy", "1.0", "", "absent");
    }

    public Wheels Wheels { get; } = new();

    public void Dispose() => Wheels.Dispose();
}
