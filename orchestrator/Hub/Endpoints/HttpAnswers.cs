using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Hub.Endpoints;

/// <summary>How a request that waits for a run comes to its answer.</summary>
public abstract record HttpOutcome
{
    private HttpOutcome() { }

    /// <summary>The run wrote a response; it may go on.</summary>
    public sealed record Written(JsonObject Response) : HttpOutcome;

    /// <summary>The run is over, or waits for something else, without having written one.</summary>
    public sealed record Settled(RunSubStatus SubStatus) : HttpOutcome;
}

/// <summary>HTTP requests of this process that wait for what a run answers.</summary>
public sealed class HttpAnswers
{
    private readonly Dictionary<string, List<WaitingRequest>> _waiting = [];
    private readonly Lock _gate = new();

    public WaitingRequest Expect(string runId)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(runId, out var requests)) _waiting[runId] = requests = [];
            var request = new WaitingRequest(runId, this);
            requests.Add(request);
            return request;
        }
    }

    /// <summary>The oldest request that waits gets the response; without one nobody hears it.</summary>
    public void Respond(string runId, JsonObject response)
    {
        lock (_gate) Find(runId).FirstOrDefault(request => !request.Outcome.IsCompleted)?.Complete(new HttpOutcome.Written(response));
    }

    /// <summary>Nothing more happens in the run by itself.</summary>
    public void Settle(string runId, RunSubStatus subStatus)
    {
        lock (_gate)
        {
            foreach (var request in Find(runId).Where(request => request.IsArmed)) request.Complete(new HttpOutcome.Settled(subStatus));
        }
    }

    internal void Forget(string runId, WaitingRequest request)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(runId, out var requests) && requests.Remove(request) && requests.Count == 0) _waiting.Remove(runId);
        }
    }

    private List<WaitingRequest> Find(string runId) => _waiting.GetValueOrDefault(runId) ?? [];
}

/// <summary>One request that waits. It is armed once the run has what it brought: a run that stands still before that does so for another reason.</summary>
public sealed class WaitingRequest(string runId, HttpAnswers answers) : IDisposable
{
    private readonly TaskCompletionSource<HttpOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<HttpOutcome> Outcome => _outcome.Task;

    public bool IsArmed { get; private set; }

    public void Arm() => IsArmed = true;

    public void Dispose() => answers.Forget(runId, this);

    internal void Complete(HttpOutcome outcome) => _outcome.TrySetResult(outcome);
}
