using Flows.Contract.Artifacts;

namespace Flows.Contract.Provenance;

/// <summary>What made a step's result, as the machine saw it that carried the step out. With <see cref="Runs.StepEnvironment"/> and the step's inputs it is what has to be known to make the result again.</summary>
public sealed record StepFacts
{
    /// <summary>Name of the machine.</summary>
    public string? Host { get; init; }

    /// <summary>Operating system with its version and the processor's architecture.</summary>
    public string? System { get; init; }

    /// <summary>Version of this program, and the build that carried the step out: what a built-in activity does is its code.</summary>
    public string? Program { get; init; }

    /// <summary>Name and driver of each GPU that the machine shows; null when it shows none.</summary>
    public IReadOnlyList<string>? Gpus { get; init; }

    /// <summary>Digest of the container image that this program runs in, as its variable <c>FLOWS_IMAGE_DIGEST</c> says; null when it says nothing.</summary>
    public string? Image { get; init; }

    /// <summary>The script that was run; null for a built-in activity.</summary>
    public StepCode? Code { get; init; }

    /// <summary>What the step's random numbers began with; null when it has none.</summary>
    public long? Seed { get; init; }

    /// <summary>How the step's process ended: 0 to 255, a signal as 128 and its number; null when it had none of its own.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Files of the flow, of the project or of the machine that the step's settings name, as they were read.</summary>
    public IReadOnlyList<UsedFile>? Files { get; init; }

    /// <summary>Files that its processes used without any port or setting saying so; null when the step has no processes.</summary>
    public StrayFiles? Stray { get; init; }
}

/// <summary>A script as it was run.</summary>
/// <param name="Snapshot">A folder: the script and the scripts that lie beside it.</param>
/// <param name="Entry">Path of the script in that folder.</param>
public sealed record StepCode(Artifact Snapshot, string Entry)
{
    /// <summary>The working tree that the script came from; null when it came from none.</summary>
    public GitState? Git { get; init; }
}

/// <summary>A git working tree as a script was read from it.</summary>
/// <param name="Commit">Full hash of HEAD.</param>
/// <param name="Path">Of the script, from the tree's root.</param>
public sealed record GitState(string Commit, string Path)
{
    public string? Branch { get; init; }

    /// <summary>Address of <c>origin</c>, without a password.</summary>
    public string? Remote { get; init; }

    /// <summary>What <c>git diff --binary HEAD</c> gave; null when nothing was changed since the commit.</summary>
    public Artifact? Patch { get; init; }
}

/// <summary>A file that a step's settings name.</summary>
/// <param name="Path">As the setting names it.</param>
/// <param name="Sha256">Of the bytes that were read.</param>
public sealed record UsedFile(string Path, string Sha256, long Size);

/// <summary>Files that a step's processes used undeclared.</summary>
/// <param name="By">How it was found out: <c>seccomp</c>, or <c>none</c>: nobody looked, as the step's settings say or as the system refuses it.</param>
public sealed record StrayFiles(string By)
{
    /// <summary><see cref="By"/> when nobody looked.</summary>
    public const string Nobody = "none";

    /// <summary>Why nobody looked: a sentence; null when somebody did.</summary>
    public string? Why { get; init; }

    /// <summary>Calls that were seen and whose path could not be read, or that came after 20,000 different files.</summary>
    public int Missed { get; init; }

    /// <summary>Sorted by path, at most 100.</summary>
    public IReadOnlyList<StrayFile> Read { get; init; } = [];

    /// <summary>Sorted by path, at most 100; also what was renamed or removed.</summary>
    public IReadOnlyList<StrayFile> Written { get; init; } = [];

    /// <summary>Further ones, of both kinds.</summary>
    public int More { get; init; }
}

/// <param name="Sha256">Of the file's bytes after the step; null when it is gone or larger than 64 MB.</param>
public sealed record StrayFile(string Path, string? Sha256 = null);
