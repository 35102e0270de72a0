using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Library.Python;
using Flows.Tests.Library;
using Eventually = Flows.Tests.Support.Eventually;

namespace Flows.Tests.Python;

/// <summary>Keeper and script's process of the next step are forked before it is asked for: it finds both, and nothing else changes. Two keepers take turns.</summary>
public sealed class SpareKeeperTests : IAsyncDisposable
{
    // Imports nothing that a keeper could tell the parent of: what it learns would cost it the spare that it has.
    private const string Ancestors = """
        os = __import__("os")
        print(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1], os.getppid(), os.getpid())
        """;

    private readonly WarmHost _warm = new();
    private readonly Step _step;

    public SpareKeeperTests() => _step = new Step { Host = _warm.Host };

    [Fact]
    public async Task Steps_find_their_processes_waiting_for_them()
    {
        var parent = (await AncestorsAsync()).Parent;
        for (var step = 0; step < 4; step++)
        {
            var spares = await SparesAsync(parent);

            var next = await AncestorsAsync();

            Assert.Contains((next.Keeper, next.Script), spares);
        }
    }

    [Fact]
    public async Task Two_keepers_take_turns()
    {
        var parent = (await AncestorsAsync()).Parent;

        // On a busy machine a step may come before the keeper of the one before is back: the parent has a third one then, and one of the three ends.
        await Eventually.TrueAsync(async () =>
        {
            var keepers = (await SparesAsync(parent)).Select(spare => spare.Keeper).ToHashSet();
            var steps = new List<(int Parent, int Keeper, int Script)>();
            for (var step = 0; step < 4; step++) steps.Add(await AncestorsAsync());

            Assert.Equal(4, steps.Select(step => step.Script).Distinct().Count());
            return keepers.SetEquals(steps.Select(step => step.Keeper)) && keepers.SetEquals((await SparesAsync(parent)).Select(spare => spare.Keeper));
        }, () => "four steps in a row never had the same two keepers");
    }

    [Fact]
    public async Task A_step_finds_nothing_of_its_keepers_earlier_ones_in_its_memory()
    {
        const string look = """
            os = __import__("os")
            word = "-".join(["earlier", "steps", "secret"]).encode()
            found = 0
            memory = open("/proc/self/mem", "rb", 0)
            for line in open("/proc/self/maps"):
                bounds, mode = line.split()[:2]
                if mode != "rw-p": continue
                start, end = (int(bound, 16) for bound in bounds.split("-"))
                memory.seek(start)
                found += memory.read(end - start).count(word) if end - start < 1 << 28 else 0
            print(os.getppid(), found - memory.read(0).count(word))
            """;
        // Each of the two keepers passes on a request with the secret, and then one without. On a busy machine a third one may have one of the steps.
        await Eventually.TrueAsync(async () =>
        {
            var (had, looked) = (new HashSet<string>(), new HashSet<string>());
            for (var step = 0; step < 2; step++) had.Add(await PrintedAsync("print(__import__('os').getppid())", "earlier-steps-secret"));
            for (var step = 0; step < 2; step++)
            {
                var said = (await PrintedAsync(look, "")).Split(' ');
                // The word that it looks for is there once, made by itself.
                Assert.Equal("1", said[1]);
                looked.Add(said[0]);
            }
            return had.Count == 2 && looked.SetEquals(had);
        }, () => "two keepers that had the secret never had the two steps after that");
    }

    [Fact]
    public async Task A_scout_finds_memory_that_scripts_write_to_and_is_no_child_afterwards()
    {
        var told = await PythonAsync("""
            import os, sys
            from flows.worker import keeper, tree
            parts = keeper.scouted()
            size = os.sysconf("SC_PAGE_SIZE")
            print(len(parts) > 0, all(start % size == 0 and length > 0 and length % size == 0 for start, length in parts), tree.children(os.getpid()))
            """);

        Assert.Equal(["True True []"], told);
    }

    [Fact]
    public async Task What_a_step_used_is_its_own()
    {
        var (_, much) = await RunAsync("print(len(b'1' * 200_000_000), sum(range(10_000_000)))");
        // The second by the keeper that had the first.
        var (_, little) = await RunAsync("print(1)");
        var (_, again) = await RunAsync("print(1)");

        Assert.True(much is { PeakMemory: > 200_000_000, CpuSeconds: > 0.1 }, $"{much}");
        Assert.All([little, again], used => Assert.True(used.PeakMemory < 150_000_000 && used.CpuSeconds < much.CpuSeconds, $"{used}"));
    }

    [Fact]
    public async Task A_spare_has_no_descriptor_but_its_own_gate()
    {
        foreach (var (_, script) in await SparesAsync((await AncestorsAsync()).Parent))
        {
            // The last thing that it does before it waits is to leave the collector alone with what there is: it sleeps then.
            await Eventually.TrueAsync(() => Open(script).Count == 4 && Open(script)[3].StartsWith("socket:", StringComparison.Ordinal), $"the spare has {string.Join(' ', Open(script))}", 10);
            Assert.All(Open(script).Take(3), descriptor => Assert.Equal("/dev/null", descriptor));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spares_that_are_killed_cost_the_next_step_nothing(bool areKeepers)
    {
        var (parent, _, _) = await AncestorsAsync();
        var spares = await SparesAsync(parent);
        foreach (var (keeper, script) in spares) Processes.Kill(areKeepers ? keeper : script);
        await Eventually.TrueAsync(() => spares.All(spare => Processes.IsGone(spare.Keeper) && Processes.IsGone(spare.Script)), "the spares are gone", 10);

        Assert.Equal(parent, (await AncestorsAsync()).Parent);
    }

    [Fact]
    public async Task Spares_end_with_their_parent()
    {
        var (parent, _, _) = await AncestorsAsync();
        var spares = await SparesAsync(parent);

        Processes.Kill(parent);

        await Eventually.TrueAsync(() => spares.All(spare => Processes.IsGone(spare.Keeper) && Processes.IsGone(spare.Script)), "keepers and scripts' processes are gone", 10);
    }

    [Fact]
    public async Task A_parent_that_learns_a_module_has_a_spare_that_knows_it()
    {
        var (parent, _, _) = await AncestorsAsync();
        var before = await SparesAsync(parent);
        await PrintedAsync("import wave");
        await Eventually.TrueAsync(() => Directory.GetFiles(_warm.Folder, "imports.json", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains("\"wave\"", StringComparison.Ordinal)), "wave is learned", 30);
        await Eventually.TrueAsync(() => !Children(parent).Intersect(before.Select(spare => spare.Keeper)).Any(), "the earlier spares are gone", 10);

        Assert.Equal("True", await PrintedAsync("import sys\nprint('wave' in sys.modules)"));
    }

    [Fact]
    public async Task Steps_that_come_at_once_need_not_wait_for_the_spare()
    {
        var parent = (await AncestorsAsync()).Parent;
        await SparesAsync(parent);
        var steps = Enumerable.Range(0, 8).Select(_ => new Step { Host = _warm.Host }).ToList();

        await Task.WhenAll(steps.Select(step => step.RunAsync(new PythonScript { Script = Ancestors })));

        Assert.Equal(8, steps.Select(step => Assert.Single(step.Lines).Text).Distinct().Count());
        // Of all that they needed two are kept.
        await SparesAsync(parent);
        steps.ForEach(step => step.Dispose());
    }

    [Fact]
    public async Task A_script_is_taken_apart_once()
    {
        var script = Path.Combine(_warm.Folder, "script.py");
        await File.WriteAllTextAsync(script, "import wave\nimport chunk");
        var told = await PythonAsync($"""
            from flows.worker import imports
            known = imports.Imports("{_warm.Folder}/none.json")
            first = imports.news_of("{script}", ["/nowhere"], known)
            print(known.hear(first.decode().splitlines()), imports.news_of("{script}", ["/nowhere"], known))
            known.modules = ["wave"]
            with open("{script}", "a") as file: file.write("\n")
            print(known.hear(imports.news_of("{script}", ["/nowhere"], known).decode().splitlines()))
            with open("{script}", "w") as file: file.write("\n".join(f"import module_{'{'}i{'}'}" for i in range(1000)))
            news = imports.news_of("{script}", ["/nowhere"], known)
            print(len(news) <= 4096, len(known.hear(news.decode().splitlines())) > 100, news == imports.news_of("{script}", ["/nowhere"], known))
            """);

        Assert.Equal(["['wave', 'chunk'] b''", "['chunk']", "True True True"], told);
    }

    private async Task<(int Parent, int Keeper, int Script)> AncestorsAsync() =>
        (await PrintedAsync(Ancestors)).Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).ToList() is [var parent, var keeper, var script] ? (parent, keeper, script) : throw new InvalidOperationException();

    private async Task<string> PrintedAsync(string script, string? word = null) => (await RunAsync(script, word)).Printed;

    private async Task<(string Printed, ResourceUse Used)> RunAsync(string script, string? word = null)
    {
        var before = _step.Lines.Count;
        var ports = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "word", ["type"] = "String", ["value"] = word ?? "" }) };
        var context = _step.Context(activity: new JsonObject { ["customProperties"] = new JsonObject { ["ports"] = ports } });
        await _step.RunAsync(new PythonScript { Script = script }, context);
        return (string.Join('\n', _step.Lines.Skip(before).Select(line => line.Text)), context.Used!);
    }

    // After its first step; nothing else is below a parent that nobody asks.
    private static async Task<List<(int Keeper, int Script)>> SparesAsync(int parent)
    {
        await Eventually.TrueAsync(() => Children(parent) is { Count: 2 } keepers && keepers.All(keeper => Children(keeper) is [var script] && LeadsItsSession(script)), "there are two spares", 10);
        return [.. Children(parent).Select(keeper => (keeper, Children(keeper)[0]))];
    }

    // A keeper's scout does not, and ends at once.
    private static bool LeadsItsSession(int process)
    {
        try { return File.ReadAllText($"/proc/{process}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3] == $"{process}"; }
        catch (IOException) { return false; }
    }

    private static List<int> Children(int process)
    {
        try { return [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))]; }
        catch (IOException) { return []; }
    }

    private static List<string> Open(int process) => [.. Directory.GetFileSystemEntries($"/proc/{process}/fd").OrderBy(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).Select(path => new FileInfo(path).LinkTarget ?? "")];

    private static async Task<string[]> PythonAsync(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-B", "-c", script]) { RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "python");
        using var process = Process.Start(start)!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        _step.Dispose();
        await _warm.DisposeAsync();
    }
}
