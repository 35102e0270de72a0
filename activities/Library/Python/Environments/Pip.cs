using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>Resolves and installs with an interpreter's own pip, into a virtual environment that has none.</summary>
internal sealed class Pip(string interpreter, IStepLog log)
{
    private static readonly string[] Common = ["--disable-pip-version-check", "--no-input", "--retries", "2", "--quiet"];

    /// <summary>A virtual environment without pip: the interpreter's own reaches into it.</summary>
    public async Task CreateAsync(string folder, bool systemPackages, CancellationToken cancellation)
    {
        var made = await RunAsync(["-I", "-m", "venv", "--without-pip", .. systemPackages ? ["--system-site-packages"] : Array.Empty<string>(), folder], cancellation);
        if (made.Code != 0) throw new ActivityFault($"No virtual environment can be made with '{interpreter}': {made.Errors.Trim()}");
    }

    /// <summary>Every package to install, pinned: <c>name==version --hash=…</c>, sorted.</summary>
    public async Task<IReadOnlyList<string>> ResolveAsync(string environment, Requirements wanted, CancellationToken cancellation)
    {
        var file = environment + ".txt";
        await File.WriteAllTextAsync(file, wanted.Text.ReplaceLineEndings("\n") + "\n", cancellation);
        var report = environment + ".report";
        var answer = await PipAsync(environment, ["--dry-run", "--report", report, "-r", file], cancellation);
        if (answer.Code != 0) throw Fault(wanted, answer.Errors);
        var install = (JsonNode.Parse(await File.ReadAllTextAsync(report, cancellation))!["install"] as JsonArray)!;
        return [.. install.Select(package => Pinned(package!)).Order(StringComparer.Ordinal)];
    }

    public async Task InstallAsync(string environment, Requirements wanted, IReadOnlyList<string> locked, CancellationToken cancellation)
    {
        if (locked.Count == 0) return;
        var file = Path.Combine(environment, "lock.txt");
        await File.WriteAllLinesAsync(file, [.. wanted.Options, .. locked], cancellation);
        var answer = await PipAsync(environment, ["--no-deps", "--no-compile", .. locked.All(line => line.Contains("--hash=", StringComparison.Ordinal)) ? ["--require-hashes"] : Array.Empty<string>(), "-r", file], cancellation);
        if (answer.Code != 0) throw Fault(wanted, answer.Errors);
    }

    private Task<(int Code, string Errors)> PipAsync(string environment, string[] arguments, CancellationToken cancellation) =>
        RunAsync(["-m", "pip", "--python", Path.Combine(environment, "bin", "python"), "install", .. Common, .. arguments], cancellation);

    private static string Pinned(JsonNode package)
    {
        var (name, version) = (package["metadata"]!["name"]!.GetValue<string>(), package["metadata"]!["version"]!.GetValue<string>());
        var source = package["download_info"]!;
        var hash = source["archive_info"]?["hash"]?.GetValue<string>();
        if (package["is_direct"]?.GetValue<bool>() == true || hash is null) return $"{name} @ {source["url"]!.GetValue<string>()}";
        return $"{name}=={version} --hash={hash.Replace('=', ':')}";
    }

    private ActivityFault Fault(Requirements wanted, string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Any(line => line.Contains("No module named pip", StringComparison.Ordinal))) return new ActivityFault($"'{interpreter}' has no pip. Install it (Debian: python3-pip).");
        if (lines.Any(line => line.Contains("no such option: --python", StringComparison.Ordinal) || line.Contains("no such option: --report", StringComparison.Ordinal))) return new ActivityFault($"The pip of '{interpreter}' is too old: 22.3 or newer is needed.");
        if (lines.Any(line => line.Contains("connection broken", StringComparison.Ordinal))) log.Write(LogLevel.Warning, "The package index cannot be reached.");
        var blamed = lines.Select(wanted.Blame).OfType<string>().Distinct().ToList();
        return new ActivityFault("The requirements cannot be installed: " + (blamed.Count > 0 ? string.Join(' ', blamed)
            : string.Join('\n', lines.Where(line => !line.StartsWith("WARNING", StringComparison.Ordinal)).TakeLast(8))));
    }

    private Task<(int Code, string Errors)> RunAsync(string[] arguments, CancellationToken cancellation) => new PackageProgram(log).RunAsync([interpreter, .. arguments], new Dictionary<string, string>(), cancellation);
}
