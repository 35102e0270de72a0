using System.Diagnostics;
using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using ActivityContext = Flows.Contract.Activities.ActivityContext;

namespace Flows.Library.Python.Recording;

/// <summary>The git working tree that a file lies in, asked by git itself; what the tree's own configuration would run is not run.</summary>
internal static class GitTree
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Null when the file lies in none, it has no commit yet, or there is no git.</summary>
    public static async Task<GitState?> OfAsync(ActivityContext context, string file, CancellationToken cancellation)
    {
        if (Root(file) is not { } root || (await AskAsync(root, ["rev-parse", "HEAD"], cancellation))?.Trim() is not { Length: >= 40 } commit) return null;
        var branch = (await AskAsync(root, ["rev-parse", "--abbrev-ref", "HEAD"], cancellation))?.Trim();
        var state = new GitState(commit, Path.GetRelativePath(root, file).Replace('\\', '/'))
        {
            Branch = branch is null or "" or "HEAD" ? null : branch,
            Remote = Bare((await AskAsync(root, ["config", "--get", "remote.origin.url"], cancellation))?.Trim()),
        };
        if (await AskAsync(root, ["diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD"], cancellation) is not { Length: > 0 } changes) return state;
        var patch = Path.Combine(context.WorkFolder, ".uncommitted.patch");
        await File.WriteAllTextAsync(patch, changes, cancellation);
        try { return state with { Patch = await context.Artifacts.PutFileAsync(patch, "File", "uncommitted.patch", cancellation) }; }
        finally { File.Delete(patch); }
    }

    private static string? Root(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".git"))) return folder;
        }
        return null;
    }

    private static async Task<string?> AskAsync(string root, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("git", ["-C", root, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        try
        {
            using var git = Process.Start(start)!;
            git.StandardInput.Close();
            var errors = git.StandardError.ReadToEndAsync(cancellation);
            var answer = await git.StandardOutput.ReadToEndAsync(cancellation).WaitAsync(Limit, cancellation);
            await git.WaitForExitAsync(cancellation);
            await errors;
            return git.ExitCode == 0 ? answer : null;
        }
        catch (Exception absent) when (absent is System.ComponentModel.Win32Exception or TimeoutException) { return null; }
    }

    // Whoever cloned with a password has it in the address.
    private static string? Bare(string? remote) => remote is { Length: > 0 } && Uri.TryCreate(remote, UriKind.Absolute, out var address) && address.UserInfo.Length > 0
        ? new UriBuilder(address) { UserName = "", Password = "" }.Uri.ToString()
        : remote is "" ? null : remote;
}
