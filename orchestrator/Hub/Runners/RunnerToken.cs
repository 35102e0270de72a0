using System.Security.Cryptography;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Runners;

/// <summary>What runners register with: the setting <c>Runners:Token</c> (environment <c>FLOWS_RUNNER_TOKEN</c>), else one made once and kept in the data folder as <c>runner-token</c>.</summary>
public sealed class RunnerToken(DataFolder data, IConfiguration settings, StepTokens steps)
{
    private readonly Lazy<string> _token = new(() => settings["Runners:Token"] ?? Environment.GetEnvironmentVariable("FLOWS_RUNNER_TOKEN") ?? Kept(data.File("runner-token")));

    public string Value => _token.Value;

    /// <exception cref="RequestFault">401: the request has no token, or another one.</exception>
    public void Demand(HttpRequest request)
    {
        if (!Is(Bearer(request))) throw new RequestFault("The runner token is missing or wrong: it is in the server's data folder in 'runner-token', or what Runners:Token says.", StatusCodes.Status401Unauthorized);
    }

    /// <summary>The job of the step whose token the request carries.</summary>
    /// <exception cref="RequestFault">401: no token, or one of another step.</exception>
    public JobKey DemandStep(HttpRequest request, string stepId) => steps.JobOf(Bearer(request)) is { } job && job.StepId == stepId
        ? job
        : throw new RequestFault($"The token is missing, or not one of step '{stepId}'.", StatusCodes.Status401Unauthorized);

    /// <exception cref="RequestFault">401: neither the runner token nor that of the step.</exception>
    public void DemandEither(HttpRequest request, string stepId)
    {
        if (!Is(Bearer(request))) DemandStep(request, stepId);
    }

    /// <summary>Carries a runner's or a step's token, so that it may come from another machine.</summary>
    public bool IsKnown(HttpRequest request) => Bearer(request) is { } token && (Is(token) || steps.JobOf(token) is not null);

    private bool Is(string? token) => token is not null && StepTokens.Same(token, Value);

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..].Trim() : null;

    private static string Kept(string file)
    {
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept) return kept;
        var made = "runner_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        File.WriteAllText(file, made + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return made;
    }
}
