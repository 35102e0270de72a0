using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Flows.Contract.Provenance;
using Flows.Library.Python.Gpus;

namespace Flows.Hub.Runners;

/// <summary>What every step of this machine records of it.</summary>
public static class MachineFacts
{
    private const int MostLetters = 64 * 1024;
    private static readonly TimeSpan GpuLimit = TimeSpan.FromSeconds(10);

    /// <summary>Asked once: none of it changes while the program runs.</summary>
    public static StepFacts Here => Lazy.Value;

    /// <summary>Asks now, beside whatever else goes on, so that the first step does not wait for a slow driver.</summary>
    public static void Begin() => _ = Task.Run(() => Lazy.Value);

    private static readonly Lazy<StepFacts> Lazy = new(() => new StepFacts
    {
        Host = Environment.MachineName,
        System = $"{Distribution() ?? RuntimeInformation.OSDescription}, {Kernel()}, {RuntimeInformation.OSArchitecture}",
        Program = Program(),
        Image = Environment.GetEnvironmentVariable("FLOWS_IMAGE_DIGEST") is { Length: > 0 } digest ? digest : null,
        Gpus = NvidiaProgram.Find() is { } program ? Gpus(program) : null,
    });

    // The module's id changes with every change of the activities' code; the version alone does not.
    private static string Program()
    {
        var library = typeof(global::Flows.Library.LibraryAssembly).Assembly;
        return $"flows {library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion} {library.ManifestModule.ModuleVersionId:N}";
    }

    private static string? Distribution() => !File.Exists("/etc/os-release") ? null
        : File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?["PRETTY_NAME=".Length..].Trim('"');

    /// <summary>Each GPU with its driver; null where there is none.</summary>
    /// <param name="program">NVIDIA's program that lists them.</param>
    public static IReadOnlyList<string>? Gpus(string program)
    {
        try
        {
            using var asked = Process.Start(new ProcessStartInfo(program, ["--query-gpu=name,driver_version", "--format=csv,noheader"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (asked is null) return null;
            var (letters, answer) = (new char[MostLetters], 0);
            var read = Task.Run(async () => answer = await asked.StandardOutput.ReadBlockAsync(letters));
            if (read.Wait(GpuLimit) && answer < MostLetters && asked.WaitForExit(GpuLimit)) return asked.ExitCode == 0 ? Lines(new string(letters, 0, answer)) : null;
            asked.Kill();
            return null;
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }

    private static string[]? Lines(string answer) => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } lines ? lines : null;

    // What .NET calls the system's description is the distribution's name again.
    private static string Kernel() => $"{(OperatingSystem.IsLinux() ? "Linux" : RuntimeInformation.OSDescription)} {Environment.OSVersion.Version}";
}
