using System.Diagnostics;
using System.Globalization;
using Flows.Contract.Activities;
using Flows.Library.Python;
using Flows.Tests.Library;
using Eventually = Flows.Tests.Support.Eventually;

namespace Flows.Tests.Python;

/// <summary>Keeper and script's process of the next step are forked before it is asked for: it finds both, and nothing else changes.</summary>
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
    public async Task A_step_finds_its_processes_waiting_for_it()
    {
        var spare = await SpareAsync((await AncestorsAsync()).Parent);

        var next = await AncestorsAsync();

        Assert.Equal(spare, (next.Keeper, next.Script));
    }

    [Fact]
    public async Task A_spare_has_no_descriptor_but_its_own_gate()
    {
        var (_, script) = await SpareAsync((await AncestorsAsync()).Parent);

        // The last thing that it does before it waits is to leave the collector alone with what there is: it sleeps then.
        await Eventually.TrueAsync(() => Open(script).Count == 4 && Open(script)[3].StartsWith("socket:", StringComparison.Ordinal), $"the spare has {string.Join(' ', Open(script))}", 10);
        Assert.All(Open(script).Take(3), descriptor => Assert.Equal("/dev/null", descriptor));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_spare_that_is_killed_costs_the_next_step_nothing(bool isKeeper)
    {
        var (parent, _, _) = await AncestorsAsync();
        var spare = await SpareAsync(parent);
        Processes.Kill(isKeeper ? spare.Keeper : spare.Script);
        await Eventually.TrueAsync(() => Processes.IsGone(spare.Keeper) && Processes.IsGone(spare.Script), "the spare is gone", 10);

        Assert.Equal(parent, (await AncestorsAsync()).Parent);
    }

    [Fact]
    public async Task A_spare_ends_with_its_parent()
    {
        var (parent, _, _) = await AncestorsAsync();
        var spare = await SpareAsync(parent);

        Processes.Kill(parent);

        await Eventually.TrueAsync(() => Processes.IsGone(spare.Keeper) && Processes.IsGone(spare.Script), "keeper and script's process are gone", 10);
    }

    [Fact]
    public async Task A_parent_that_learns_a_module_has_a_spare_that_knows_it()
    {
        var (parent, _, _) = await AncestorsAsync();
        await PrintedAsync("import wave");
        await Eventually.TrueAsync(() => Directory.GetFiles(_warm.Folder, "imports.json", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains("\"wave\"", StringComparison.Ordinal)), "wave is learned", 30);
        await Eventually.TrueAsync(() => Children(parent).Count == 1, "the earlier spare is gone", 10);

        Assert.Equal("True", await PrintedAsync("import sys\nprint('wave' in sys.modules)"));
    }

    [Fact]
    public async Task Steps_that_come_at_once_need_not_wait_for_the_spare()
    {
        await SpareAsync((await AncestorsAsync()).Parent);
        var steps = Enumerable.Range(0, 8).Select(_ => new Step { Host = _warm.Host }).ToList();

        await Task.WhenAll(steps.Select(step => step.RunAsync(new PythonScript { Script = Ancestors })));

        Assert.Equal(8, steps.Select(step => Assert.Single(step.Lines).Text).Distinct().Count());
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

    private async Task<string> PrintedAsync(string script)
    {
        var before = _step.Lines.Count;
        await _step.RunAsync(new PythonScript { Script = script });
        return string.Join('\n', _step.Lines.Skip(before).Select(line => line.Text));
    }

    // Nothing else is below a parent that nobody asks.
    private static async Task<(int Keeper, int Script)> SpareAsync(int parent)
    {
        await Eventually.TrueAsync(() => Children(parent) is [var keeper] && Children(keeper).Count == 1, "there is a spare", 10);
        return (Children(parent)[0], Children(Children(parent)[0])[0]);
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
