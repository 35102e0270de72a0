using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Python.Environments;

/// <summary>What a script runs in: an interpreter with its packages.</summary>
/// <param name="Digest">Of interpreter, platform and packages.</param>
/// <param name="Packages"><c>name==version</c>, sorted.</param>
public sealed record PythonEnvironment(string Interpreter, string Version, string Digest, IReadOnlyList<string> Packages)
{
    /// <summary>Path of the interpreter that it stands on; null for the interpreter itself.</summary>
    public string? Base { get; init; }

    /// <summary>Digest of what it stands on, without its own packages.</summary>
    public string? Ground { get; init; }

    /// <summary>Its packages in one artifact, once somebody stored it.</summary>
    public Artifact? Archive { get; init; }

    /// <summary>Whether it sees the packages of the interpreter that it stands on.</summary>
    public bool SystemPackages { get; init; } = true;

    /// <summary>Its own folder; null for the interpreter itself.</summary>
    public string? Place => Base is null ? null : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Interpreter)!, ".."));

    /// <summary>A step's variables with those by which the programs that a script starts find this environment too.</summary>
    public IReadOnlyDictionary<string, string> Over(Dictionary<string, string> variables)
    {
        var programs = Path.GetDirectoryName(Interpreter)!;
        if (!File.Exists(Path.Combine(programs, "..", "pyvenv.cfg"))) return variables;
        variables["VIRTUAL_ENV"] = Path.GetFullPath(Path.Combine(programs, ".."));
        variables["PATH"] = $"{programs}:{variables.GetValueOrDefault("PATH")}";
        return variables;
    }
}

/// <summary>An environment for as long as a step needs it: it is not removed meanwhile.</summary>
public sealed class EnvironmentLease(PythonEnvironment environment, IDisposable? hold = null) : IDisposable
{
    public PythonEnvironment Environment { get; } = environment;

    public void Dispose() => hold?.Dispose();
}

/// <summary>What a step asks for.</summary>
/// <param name="Interpreter">Path of a Python 3 that the environment is built on.</param>
public sealed record EnvironmentWish(string Interpreter, Requirements Requirements);
