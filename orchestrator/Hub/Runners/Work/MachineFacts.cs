using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Flows.Contract.Provenance;

namespace Flows.Hub.Runners;

/// <summary>What every step of this machine records of it.</summary>
public static class MachineFacts
{
    private static readonly TimeSpan GpuLimit = TimeSpan.FromSeconds(10);

    /// <summary>Asked once: none of it changes while the program runs.</summary>
    public static StepFacts Here => Lazy.Value;

    private static readonly Lazy<StepFacts> Lazy = new(() => new StepFacts
    {
        Host = Environment.MachineName,
        System = $"{Distribution() ?? RuntimeInformation.OSDescription}, {Kernel()}, {RuntimeInformation.OSArchitecture}",
        Program = Program(),
        Image = Environment.GetEnvironmentVariable("FLOWS_IMAGE_DIGEST") is { Length: > 0 } digest ? digest : null,
        Gpus = Gpus("nvidia-smi"),
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
            var answer = asked.StandardOutput.ReadToEndAsync();
            if (!asked.WaitForExit(GpuLimit) || asked.ExitCode != 0) return null;
            return answer.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } gpus ? gpus : null;
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }

    // What .NET calls the system's description is the distribution's name again.
    private static string Kernel() => $"{(OperatingSystem.IsLinux() ? "Linux" : RuntimeInformation.OSDescription)} {Environment.OSVersion.Version}";
}
