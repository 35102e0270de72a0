using System.ComponentModel;
using System.Diagnostics;
using Flows.Hub.Access;

namespace Flows.Hub.Triggers.Watches.Code;

/// <summary>A bare copy of a repository's watched branches, kept so that commits and paths are known. Made by the machine's git.</summary>
internal sealed class GitMirror(string folder, string repository, Reach reach)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The branch's newest commit at its source; null when there is no such branch.</summary>
    /// <exception cref="WatchFault">The repository cannot be reached.</exception>
    public async Task<string?> HeadAsync(string branch, CancellationToken cancellation)
    {
        var refs = await RemoteAsync(["ls-remote", "--heads", "--", repository, "refs/heads/" + branch], cancellation);
        return refs.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).FirstOrDefault(line => line is [_, var name] && name == "refs/heads/" + branch)?[0];
    }

    /// <summary>Gets a branch's commits.</summary>
    public async Task FetchAsync(string branch, CancellationToken cancellation)
    {
        if (!Directory.Exists(Path.Combine(folder, "objects")))
        {
            Directory.CreateDirectory(folder);
            await GitAsync(["init", "--quiet", "--bare", folder], cancellation);
        }
        await RemoteAsync(["--git-dir", folder, "fetch", "--quiet", "--no-tags", "--force", "--", repository, $"+refs/heads/{branch}:refs/heads/{branch}"], cancellation);
    }

    /// <summary>Whether a commit is here and lies before another one.</summary>
    public async Task<bool> IsBeforeAsync(string commit, string later, CancellationToken cancellation) =>
        (await RunAsync(["--git-dir", folder, "merge-base", "--is-ancestor", commit, later], cancellation)).Exit == 0;

    public async Task<bool> HasAsync(string commit, CancellationToken cancellation) =>
        (await RunAsync(["--git-dir", folder, "cat-file", "-e", commit + "^{commit}"], cancellation)).Exit == 0;

    /// <summary>Commits after one up to another, newest first, that touch one of the paths; every path when none is given.</summary>
    public async Task<IReadOnlyList<GitCommit>> CommitsAsync(string? after, string until, IReadOnlyList<string> paths, int most, CancellationToken cancellation)
    {
        string[] range = after is null ? [until] : [until, "^" + after];
        var log = await GitAsync(["--git-dir", folder, "log", $"--max-count={most}", "--format=%x1e%H%x1f%an%x1f%ae%x1f%cI%x1f%s", "--name-only", .. range, "--", .. paths], cancellation);
        return [.. log.Split('\x1e', StringSplitOptions.RemoveEmptyEntries).Select(Read).OfType<GitCommit>()];
    }

    private static GitCommit? Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 && lines[0].Split('\x1f') is [var id, var name, var mail, var at, var subject] ? new GitCommit(id, name, mail, at, subject, [.. lines.Skip(1)]) : null;
    }

    // Goes to where the repository is.
    private async Task<string> RemoteAsync(string[] arguments, CancellationToken cancellation) =>
        await GitAsync(arguments, cancellation, GitRemote.Of(repository) is { } remote ? await remote.GuardAsync(reach.Network, cancellation) : Local());

    private GitGuard Local()
    {
        var path = Uri.TryCreate(repository, UriKind.Absolute, out var at) && at.IsFile ? at.LocalPath : repository;
        return reach.Folders.Allows(path) ? GitGuard.None : throw new WatchFault($"'{path}' {FolderPolicy.Refusal}");
    }

    private async Task<string> GitAsync(string[] arguments, CancellationToken cancellation, GitGuard? guard = null)
    {
        var (exit, output, error) = await RunAsync(arguments, cancellation, guard);
        return exit == 0 ? output : throw new WatchFault($"The repository {repository} cannot be read: {error.Trim().Split('\n')[^1]}");
    }

    // It asks nobody for a password, runs no helper program that an address names, and reads no configuration of whoever runs the server.
    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellation, GitGuard? guard = null)
    {
        var start = new ProcessStartInfo("git", ["-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null", .. guard?.Arguments ?? [], .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        (start.Environment["GIT_TERMINAL_PROMPT"], start.Environment["GIT_ASKPASS"], start.Environment["LC_ALL"]) = ("0", "true", "C");
        start.Environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes" + guard?.Ssh;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(Patience);
        using var git = Begin(start);
        git.StandardInput.Close();
        var (output, error) = (git.StandardOutput.ReadToEndAsync(over.Token), git.StandardError.ReadToEndAsync(over.Token));
        try
        {
            await git.WaitForExitAsync(over.Token);
            return (git.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new WatchFault($"git did not come to an end within {Patience.TotalMinutes} minutes.");
        }
    }

    private static Process Begin(ProcessStartInfo start)
    {
        try { return Process.Start(start)!; }
        catch (Win32Exception missing) { throw new WatchFault("There is no git on this machine: install it, or let the flow start by a webhook.", missing); }
    }
}

/// <param name="At">ISO 8601.</param>
/// <param name="Paths">Files that it touches, of those that are watched.</param>
internal sealed record GitCommit(string Id, string Author, string Mail, string At, string Subject, IReadOnlyList<string> Paths);
