using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Flows.Tests.Support;

/// <summary>A folder of tiny Python packages that pip installs from without any network.</summary>
public sealed class Wheels : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-wheels-").FullName;

    /// <summary>Requirements that look here and nowhere else.</summary>
    public string Requirements(params string[] lines) => string.Join('\n', lines.Prepend($"--find-links {Folder}").Prepend("--no-index"));

    /// <summary>A package of one module of the same name.</summary>
    public void Add(string name, string version, string code, params string[] requires)
    {
        var facts = $"{name}-{version}.dist-info";
        var files = new List<(string Name, string Text)>
        {
            ($"{name}.py", code),
            ($"{facts}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + string.Concat(requires.Select(wanted => $"Requires-Dist: {wanted}\n"))),
            ($"{facts}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        };
        files.Add(($"{facts}/RECORD", string.Concat(files.Select(file => $"{file.Name},sha256={Digest(file.Text)},{file.Text.Length}\n")) + $"{facts}/RECORD,,\n"));
        using var archive = ZipFile.Open(Path.Combine(Folder, $"{name}-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        foreach (var (path, text) in files)
        {
            using var writer = new StreamWriter(archive.CreateEntry(path).Open());
            writer.Write(text);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
