using System.Reflection;
using System.Runtime.InteropServices;

namespace Flows.Hub.Deployments;

/// <summary>Where the program <c>flows-model-server</c> is and what runs it.</summary>
public static class ModelServerProgram
{
    /// <summary>The program: <c>FLOWS_MODEL_SERVER</c>, else beside this one, else where the repository's build put it.</summary>
    public static string Path { get; } = Candidates().FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("flows-model-server.dll was not found; build the solution or set FLOWS_MODEL_SERVER to its path");

    /// <summary>The <c>dotnet</c> this process runs on: another one on the path may lack the runtime.</summary>
    public static string Dotnet { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet")) is var beside && File.Exists(beside)
        ? beside
        : "dotnet";

    private static IEnumerable<string> Candidates() =>
    [
        Environment.GetEnvironmentVariable("FLOWS_MODEL_SERVER") ?? "",
        System.IO.Path.Combine(AppContext.BaseDirectory, "model-server", "flows-model-server.dll"),
        typeof(ModelServerProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(fact => fact.Key == "ModelServer")?.Value ?? "",
    ];
}
