using Flows.Contract.Activities;

namespace Flows.Library.Python.Recording;

/// <summary>Which files a step's processes may use without anybody wondering: what it was given, and what its program consists of. Folders end with a slash.</summary>
internal static class OwnFiles
{
    /// <param name="script">The script's file.</param>
    /// <param name="programs">Folders of the interpreter and its packages.</param>
    public static IReadOnlyList<string> Of(ActivityContext context, string script, IEnumerable<string> programs) =>
    [
        Folder(context.WorkFolder),
        Folder(StepVariables.Sdk),
        .. ScriptFolder.Parts(script).SelectMany(part => new[] { part, Real(part) }).Select(Path.GetFullPath),
        .. programs.Where(Directory.Exists).SelectMany(folder => new[] { folder, Real(folder) }).Select(Folder).Where(folder => folder != "/"),
        .. Caches(),
    ];

    // What programs keep for themselves, whoever runs them.
    private static IEnumerable<string> Caches()
    {
        if (Environment.GetEnvironmentVariable("HOME") is not { Length: > 1 } home) yield break;
        foreach (var cache in (string[])[".cache", ".config/matplotlib", ".local/lib", ".local/share/jupyter", ".jupyter", ".ipython", ".nv"]) yield return Folder(Path.Combine(home, cache));
    }

    private static string Folder(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + "/";

    private static string Real(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? Directory.ResolveLinkTarget(path, returnFinalTarget: true))?.FullName ?? path;
}
