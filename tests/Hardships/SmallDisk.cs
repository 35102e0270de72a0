using System.Diagnostics;

namespace Flows.Tests.Hardships;

/// <summary>A small disk (tmpfs) that can be filled to its last byte. Only root can have one; others skip the test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filling;

    /// <param name="megabytes">Its size.</param>
    public SmallDisk(int megabytes)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "only root can mount a small disk to fill");
        Folder = Directory.CreateTempSubdirectory("flows-small-disk-").FullName;
        _filling = Path.Combine(Folder, "filling");
        var said = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder);
        if (said.Length == 0) return;
        Directory.Delete(Folder);
        Assert.Skip($"no small disk can be mounted here: {said}");
    }

    public string Folder { get; }

    /// <summary>Leaves so many megabytes.</summary>
    public void FillBut(int megabytes)
    {
        using var file = new FileStream(_filling, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var bytes = new byte[1 << 20];
        while (new DriveInfo(Folder).AvailableFreeSpace > (megabytes + 1L) << 20) file.Write(bytes);
    }

    /// <summary>To the last byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filling, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 4096, 1 })
        {
            var bytes = new byte[size];
            try { while (true) file.Write(bytes); }
            catch (IOException) { /* not so much any more */ }
        }
    }

    public void Free() => File.Delete(_filling);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : said;
    }
}
