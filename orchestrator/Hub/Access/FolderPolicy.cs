namespace Flows.Hub.Access;

/// <summary>Which files of the server's machine flows may name. Where people sign in, those below <c>Access:Folders</c>; without login all.</summary>
public sealed class FolderPolicy(AccessMode mode, IReadOnlyList<string> folders)
{
    private readonly string[] _folders = [.. folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))];

    /// <summary>What messages say of a path that is not allowed.</summary>
    public const string Refusal = "lies in a folder of the server's machine that flows do not read; an administrator can allow it (Access:Folders).";

    public bool Allows(string path)
    {
        if (mode.IsLocal) return true;
        var full = Path.GetFullPath(path);
        return IsInside(full) && (File.ResolveLinkTarget(full, returnFinalTarget: true) is not { } target || IsInside(target.FullName));
    }

    private bool IsInside(string path) => _folders.Any(folder => path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));
}
