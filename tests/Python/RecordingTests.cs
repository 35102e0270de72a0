using System.Diagnostics;
using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using Flows.Library.Python;
using Flows.Library.Python.Environments;
using Flows.Tests.Library;

namespace Flows.Tests.Python;

/// <summary>What is recorded of a script's step: code, seed, environment.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RecordingTests(WarmHost warm, SomeWheels wheels) : IDisposable, IClassFixture<WarmHost>, IClassFixture<SomeWheels>
{
    private readonly Step _step = new() { Host = warm.Host };

    [Theory]
    [InlineData(ScriptIsolation.Fork)]
    [InlineData(ScriptIsolation.Process)]
    public async Task Random_numbers_begin_with_the_seed_and_one_that_nobody_named_is_recorded(ScriptIsolation isolation)
    {
        const string script = "import random, os\ntry:\n    import numpy\n    more = numpy.random.rand()\nexcept ImportError: more = 0\nprint(random.random(), more, list({'a', 'b', 'c', 'd'}), os.environ['FLOWS_SEED'])";

        var unnamed = await FactsAsync(new PythonScript { Script = script, Isolation = isolation });
        var other = await FactsAsync(new PythonScript { Script = script, Isolation = isolation });
        var again = await FactsAsync(new PythonScript { Script = script, Isolation = isolation, RandomSeed = (int)unnamed.Seed! });

        var lines = Outputs();
        Assert.Equal((lines[0], unnamed.Seed), (lines[2], again.Seed));
        Assert.NotEqual(lines[0], lines[1]);
        Assert.NotEqual(unnamed.Seed, other.Seed);
        Assert.EndsWith($" {unnamed.Seed}", lines[0]);
    }

    [Fact]
    public async Task The_script_is_kept_with_those_beside_it_and_runs_again_from_that_alone()
    {
        _step.File("helper.py", "name = 'as it was'");
        var file = _step.File("main.py", "import helper\nprint(helper.name)");
        var facts = await FactsAsync(new PythonScript { ScriptFile = file });
        _step.File("helper.py", "name = 'changed'");

        await _step.RunAsync(new PythonScript { ScriptFile = file }, _step.Context(recipe: new StepRecipe { Code = facts.Code }));

        Assert.Equal(["as it was", "as it was"], Outputs());
        Assert.Equal(("main.py", 0), (facts.Code!.Entry, facts.ExitCode));
        Assert.Null(facts.Code.Git);
    }

    [Fact]
    public async Task A_script_of_a_git_working_tree_has_its_commit_and_what_was_not_committed()
    {
        var tree = Directory.CreateTempSubdirectory("flows-tree-").FullName;
        try
        {
            var script = Path.Combine(tree, "train.py");
            await File.WriteAllTextAsync(script, "print(1)\n");
            foreach (var arguments in (string[])["init -q -b work", "remote add origin https://me:secret@example.org/repo.git", "add .", "-c user.name=a -c user.email=a@b commit -q -m first"]) Git(tree, arguments);
            var committed = await FactsAsync(new PythonScript { ScriptFile = script });
            await File.WriteAllTextAsync(script, "print(2)\n");

            var changed = await FactsAsync(new PythonScript { ScriptFile = script });

            var git = committed.Code!.Git!;
            Assert.Equal(("work", "https://example.org/repo.git", "train.py", 40), (git.Branch, git.Remote, git.Path, git.Commit.Length));
            Assert.Null(git.Patch);
            Assert.Contains("+print(2)", await File.ReadAllTextAsync(await _step.Store.FetchAsync(changed.Code!.Git!.Patch!)));
            Assert.NotEqual(committed.Code.Snapshot.Sha256, changed.Code.Snapshot.Sha256);
        }
        finally { Directory.Delete(tree, recursive: true); }
    }

    [Fact]
    public async Task An_environment_is_made_again_from_its_archive_without_the_packages_that_it_came_from()
    {
        var script = new PythonScript { Script = "import greet\nprint(greet.hello)", Requirements = wheels.Wheels.Requirements("greet==1.0", "tiny==1.2") };
        var context = _step.Context();
        await _step.RunAsync(script, context);
        var recorded = context.Environment!;
        await using var empty = new WarmHost();
        using var elsewhere = new Step { Host = empty.Host };
        await elsewhere.Store.PutFileAsync(await _step.Store.FetchAsync(recorded.Archive!), "File");

        var again = elsewhere.Context(recipe: new StepRecipe { Environment = recorded });
        await elsewhere.RunAsync(new PythonScript { Script = script.Script, Requirements = "--no-index\ngreet==1.0" }, again);

        Assert.Equal("hello from 1.2", elsewhere.Lines.Single(line => line.Level == LogLevel.Output).Text);
        Assert.Equal((recorded.Digest, recorded.Ground, recorded.Packages!.Sha256), (again.Environment!.Digest, again.Environment.Ground, again.Environment.Packages!.Sha256));
        Assert.Equal(recorded.Archive, again.Environment.Archive! with { Name = recorded.Archive!.Name });
    }

    private async Task<StepFacts> FactsAsync(IActivity activity)
    {
        var context = _step.Context();
        await _step.RunAsync(activity, context);
        return context.Facts;
    }

    private string[] Outputs() => [.. _step.Lines.Where(line => line.Level == LogLevel.Output).Select(line => line.Text)];

    private static void Git(string tree, string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", $"-C {tree} {arguments}") { RedirectStandardError = true })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    public void Dispose() => _step.Dispose();
}
