using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Flows.Library.Python.Environments;

/// <summary>
/// What an environment has beyond its interpreter, in one file: a gzipped tar of installed packages and their programs, without
/// links, compiled files and what makes a virtual environment one. The same environment gives the same bytes on one version of this program.
/// </summary>
internal static class EnvironmentArchive
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    public static async Task PackAsync(string place, string file, CancellationToken cancellation)
    {
        await using var bytes = File.Create(file);
        await using var zipped = new GZipStream(bytes, CompressionLevel.Fastest);
        await using var tar = new TarWriter(zipped, TarEntryFormat.Gnu);
        foreach (var path in Directory.EnumerateFiles(place, "*", All).Select(path => Path.GetRelativePath(place, path)).Where(IsKept).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(Path.Combine(place, path));
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, path)
            {
                DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch, AccessTime = default, ChangeTime = default, Mode = ModeOf(Path.Combine(place, path)),
            }, cancellation);
        }
    }

    /// <summary>Into a virtual environment of the same version of Python.</summary>
    /// <exception cref="IOException">It climbs out.</exception>
    public static async Task UnpackAsync(string file, string place, CancellationToken cancellation)
    {
        await using (var bytes = File.OpenRead(file))
        {
            await using var zipped = new GZipStream(bytes, CompressionMode.Decompress);
            // The framework refuses entries that lead out of the folder.
            await TarFile.ExtractToDirectoryAsync(zipped, place, overwriteFiles: true, cancellation);
        }
        foreach (var program in Directory.EnumerateFiles(Path.Combine(place, "bin"), "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint })) Readdress(program, place);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(path);

    private static bool IsKept(string path) => !path.EndsWith(".pyc", StringComparison.Ordinal) && path is not ("pyvenv.cfg" or "environment.json" or "archive.json" or "archive.lock")
        && !(Path.GetDirectoryName(path) == "bin" && ((string[])["python", "activate", "Activate"]).Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)));

    // A program that a package brought begins with the path of the interpreter it was installed for.
    private static void Readdress(string program, string place)
    {
        var bytes = File.ReadAllBytes(program);
        var line = Array.IndexOf(bytes, (byte)'\n');
        if (line < 2 || !bytes.AsSpan().StartsWith("#!"u8) || Encoding.UTF8.GetString(bytes, 2, line - 2) is not { } interpreter || !interpreter.EndsWith("/bin/python", StringComparison.Ordinal)) return;
        File.WriteAllBytes(program, [.. Encoding.UTF8.GetBytes($"#!{Path.Combine(place, "bin", "python")}"), .. bytes.AsSpan(line)]);
    }
}
