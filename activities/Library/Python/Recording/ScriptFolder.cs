using System.Security.Cryptography;
using System.Text;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;

namespace Flows.Library.Python.Recording;

/// <summary>A script with those that lie beside it and below, which it may import.</summary>
public static class ScriptFolder
{
    /// <summary>Most files of a snapshot; further ones are left out, and the log says so.</summary>
    public const int MostFiles = 1000;

    private static readonly EnumerationOptions Beside = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4 };

    /// <summary>The script, or the notebook, first; a file of another kind stands for itself.</summary>
    public static IEnumerable<string> Parts(string file) => Path.GetExtension(file) is ".py" or ".ipynb"
        ? Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.py", Beside).Order(StringComparer.Ordinal).Where(part => part != file).Prepend(file)
        : [file];

    /// <summary>Stores the script as it is now.</summary>
    /// <param name="alone">It was written for the step: nothing lies beside it.</param>
    internal static async Task<StepCode> SnapshotAsync(ActivityContext context, string script, bool alone, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(script)!;
        List<string> parts = alone ? [script] : [.. Parts(script).Take(MostFiles + 1)];
        if (parts.Count > MostFiles)
        {
            context.Log.Write(LogLevel.Warning, $"More than {MostFiles} scripts lie beside '{Path.GetFileName(script)}': the record of its code has the first of them.");
            parts.RemoveAt(MostFiles);
        }
        var files = new List<(string Path, byte[] Bytes)>();
        foreach (var part in parts) files.Add((Path.GetRelativePath(folder, part), await File.ReadAllBytesAsync(part, cancellation)));
        var snapshot = await StoredOnce.Of(context).PutAsync(context, Key(files), () => StoreAsync(context, files, cancellation));
        return new StepCode(snapshot, Path.GetFileName(script));
    }

    private static string Key(List<(string Path, byte[] Bytes)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{bytes.Length}\0"));
            hash.AppendData(bytes);
        }
        return "code " + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<Artifact> StoreAsync(ActivityContext context, List<(string Path, byte[] Bytes)> files, CancellationToken cancellation)
    {
        var folder = Path.Combine(context.WorkFolder, ".code");
        foreach (var (path, bytes) in files)
        {
            var copy = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await File.WriteAllBytesAsync(copy, bytes, cancellation);
        }
        var stored = await context.Artifacts.PutFileAsync(folder, "Folder", "code", cancellation);
        Directory.Delete(folder, recursive: true);
        return stored;
    }
}
