using System.Runtime.CompilerServices;

namespace Flows.Tests.Library;

/// <summary>The shipped library as it lies in the tree.</summary>
internal static class LibraryFlows
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "flows-library"));

    private static string Here([CallerFilePath] string path = "") => path;
}
