using System.Diagnostics;

namespace Flows.Tests.Crash;

/// <summary>Processes of this machine that belong to a data folder: they name it in their command line or stand in it.</summary>
internal static class Processes
{
    public static IReadOnlyList<(int Id, string Command)> Of(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(entry => Path.GetFileName(entry)).Where(name => int.TryParse(name, out _)).Select(int.Parse)
            .Where(id => id != Environment.ProcessId).Select(id => (Id: id, Command: Command(id))).Where(process => process.Command.Contains(folder, StringComparison.Ordinal) || Stands(process.Id, folder))];

    /// <summary>Warm parents of Python steps, children of the given servers and runners. The keeper of a step that has no parent (<c>flows.worker.alone</c>) is none.</summary>
    public static IReadOnlyList<int> ForkParents(string folder, IReadOnlyCollection<int> owners) =>
        [.. Of(folder).Where(process => process.Command.Contains("-m flows.worker ", StringComparison.Ordinal) && owners.Contains(ParentOf(process.Id))).Select(process => process.Id)];

    public static void Kill(int id)
    {
        try { Process.GetProcessById(id).Kill(); }
        catch (ArgumentException) { /* it is gone already */ }
    }

    // A process may go while it is looked at.
    private static string Command(int id) => Read(id, "cmdline")?.Replace('\0', ' ') ?? "";

    private static int ParentOf(int id) => Read(id, "stat") is { } stat && int.TryParse(stat.Split(") ")[^1].Split(' ')[1], out var parent) ? parent : 0;

    private static bool Stands(int id, string folder)
    {
        try { return new FileInfo($"/proc/{id}/cwd").LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true; }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return false; }
    }

    private static string? Read(int id, string what)
    {
        try { return File.ReadAllText($"/proc/{id}/{what}"); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return null; }
    }
}
