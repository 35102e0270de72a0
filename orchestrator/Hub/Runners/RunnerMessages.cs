using System.Text.Json.Serialization;

namespace Flows.Hub.Runners;

/// <summary>Body of <c>POST /api/runners/pass</c>, with the runner token: a pass for this name.</summary>
public sealed record RunnerPassRequest(string? Name);

/// <param name="Token">What the runner shows from now on.</param>
/// <param name="Seconds">How long it is good.</param>
public sealed record RunnerPassAnswer(string Token, double Seconds);

/// <summary>Body of <c>PUT /api/runners/{name}</c>.</summary>
/// <param name="Session">New with every process of the runner.</param>
public sealed record RunnerRegistration([property: JsonRequired] string Session, int Capacity, IReadOnlyList<string>? Labels)
{
    public const int MostCapacity = 256;

    /// <summary>Where its steps work, <c>MACHINE:FOLDER</c>: a server on the same machine ends there what the runner leaves when it dies.</summary>
    public string? Home { get; init; }

    /// <summary>Listens to its queue in the storage; else it is given its jobs with the answers to its heartbeats.</summary>
    public bool HasQueue { get; init; }
}

/// <summary>Body of <c>POST /api/runners/{name}/heartbeat</c>.</summary>
/// <param name="Jobs">Keys of the jobs that it has, and of those whose results it has not delivered yet.</param>
public sealed record Heartbeat([property: JsonRequired] string Session, [property: JsonRequired] IReadOnlyList<string> Jobs, bool Drains, bool HasQueue)
{
    /// <summary>Of a runner of one step, whose route does not name it.</summary>
    public string? Runner { get; init; }
}

/// <param name="Stop">Jobs that are no longer the runner's: it ends them.</param>
/// <param name="Start">Jobs that are the runner's and that it does not have, by chunks.</param>
public sealed record HeartbeatAnswer(IReadOnlyList<string> Stop, IReadOnlyList<IReadOnlyList<string>> Start);

public sealed record TakeRequest([property: JsonRequired] string Session, [property: JsonRequired] IReadOnlyList<string> Keys)
{
    public string? Runner { get; init; }
}

public sealed record ReportRequest([property: JsonRequired] string Session, [property: JsonRequired] IReadOnlyList<StepReport> Reports)
{
    public string? Runner { get; init; }
}
