using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>What an interpreter is and which packages it finds. Asked again when one of its package folders changed.</summary>
/// <param name="Version">For example <c>3.11.2</c>.</param>
/// <param name="Platform">Implementation, binary interface and machine: what a compiled package fits.</param>
/// <param name="Packages"><c>name==version</c>, sorted.</param>
/// <param name="Contents">Digest of what the installed packages consist of, so far as they record it.</param>
/// <param name="Folders">Where packages lie.</param>
public sealed record PythonFacts(string Version, string Platform, IReadOnlyList<string> Packages, string Contents, IReadOnlyList<string> Folders)
{
    private const string Question = """
        import hashlib, json, platform, sys, sysconfig
        from importlib import metadata
        names, contents = set(), set()
        for found in metadata.distributions():
            name = found.metadata["Name"]
            if not name: continue
            names.add(f"{name.lower().replace('_', '-')}=={found.version}")
            lines = sorted(line for line in (found.read_text("RECORD") or "").splitlines()
                if line and not line.startswith(("..", "/")) and ",sha256=" in line and not line.split(",")[0].endswith(("/direct_url.json", "/INSTALLER", "/REQUESTED")))
            contents.add(f"{name} {found.version} {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}")
        print(json.dumps({"version": platform.python_version(), "platform": f"{sys.implementation.cache_tag} {sysconfig.get_config_var('SOABI')} {sysconfig.get_platform()}",
            "packages": sorted(names), "contents": hashlib.sha256(chr(10).join(sorted(contents)).encode()).hexdigest(), "folders": [path for path in sys.path if path]}))
        """;

    private static readonly ConcurrentDictionary<string, (string Stamp, PythonFacts Facts)> Known = new();

    /// <summary>SHA-256 of everything that makes a difference to a script.</summary>
    public string Digest => Hash($"{Version}\n{Platform}\n{Contents}");

    /// <exception cref="ActivityFault">It does not run.</exception>
    public static async Task<PythonFacts> OfAsync(string interpreter, CancellationToken cancellation)
    {
        if (Known.TryGetValue(interpreter, out var known) && known.Stamp == Stamp(interpreter, known.Facts)) return known.Facts;
        var facts = await AskAsync(interpreter, cancellation);
        Known[interpreter] = (Stamp(interpreter, facts), facts);
        return facts;
    }

    /// <summary>Folders that an interpreter and its packages consist of.</summary>
    internal static async Task<IReadOnlyList<string>> ProgramsAsync(string interpreter, CancellationToken cancellation)
    {
        var real = File.ResolveLinkTarget(interpreter, returnFinalTarget: true)?.FullName ?? interpreter;
        return [.. (await OfAsync(interpreter, cancellation)).Folders, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(interpreter)!, "..")), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, ".."))];
    }

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // A package that comes, goes or changes its version changes the folder it lies in.
    private static string Stamp(string interpreter, PythonFacts facts) => string.Join('|', facts.Folders.Prepend(interpreter)
        .Select(path => File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture)));

    private static async Task<PythonFacts> AskAsync(string interpreter, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(interpreter, ["-I", "-B", "-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var answer = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<PythonFacts>(answer, ContractJson.Options)!
                : throw new ActivityFault($"The interpreter '{interpreter}' does not run: {(await errors).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception broken)
        {
            throw new ActivityFault($"The interpreter '{interpreter}' does not run: {broken.Message}", broken);
        }
    }
}
