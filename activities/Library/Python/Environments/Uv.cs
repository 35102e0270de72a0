using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>
/// Makes environments with uv where it is on PATH: the same packages as pip installs, sooner. What they are is always
/// resolved by the interpreter's own pip, so that machines with uv and those without have the same environments.
/// </summary>
internal sealed class Uv(string program, IStepLog log)
{
    /// <summary>Null where there is none.</summary>
    public static Uv? Find(string path, IStepLog log) => path.Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "uv")).FirstOrDefault(File.Exists) is { } program ? new Uv(program, log) : null;

    /// <summary>False when it could not: nothing of it is left then, and pip has to do.</summary>
    /// <param name="locked">Every package, pinned.</param>
    public async Task<bool> MakeAsync(string folder, EnvironmentWish wish, IReadOnlyList<string> locked, CancellationToken cancellation)
    {
        if (await RunAsync(["venv", "--quiet", "--python", wish.Interpreter, .. wish.Requirements.SystemPackages ? ["--system-site-packages"] : Array.Empty<string>(), folder], cancellation)
            && await InstallAsync(folder, wish.Requirements, locked, cancellation)) return true;
        log.Write(LogLevel.Debug, "uv could not make the environment; pip does.");
        EnvironmentShelf.Remove(folder);
        return false;
    }

    private async Task<bool> InstallAsync(string folder, Requirements wanted, IReadOnlyList<string> locked, CancellationToken cancellation)
    {
        if (locked.Count == 0) return true;
        var file = Path.Combine(folder, "lock.txt");
        await File.WriteAllLinesAsync(file, [.. wanted.Options, .. locked], cancellation);
        var hashes = locked.All(line => line.Contains("--hash=", StringComparison.Ordinal)) ? ["--require-hashes"] : Array.Empty<string>();
        return await RunAsync(["pip", "install", "--quiet", "--python", Path.Combine(folder, "bin", "python"), "--no-deps", .. hashes, "-r", file], cancellation);
    }

    // Copies, not links into the cache: what a script does to its environment must not reach others.
    private async Task<bool> RunAsync(string[] arguments, CancellationToken cancellation) => (await new PackageProgram(log).RunAsync([program, .. arguments], new Dictionary<string, string>
    {
        ["UV_LINK_MODE"] = "copy", ["UV_NO_PROGRESS"] = "1", ["UV_PYTHON_DOWNLOADS"] = "never",
    }, cancellation)).Code == 0;
}
