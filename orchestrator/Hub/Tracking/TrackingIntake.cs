using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Secrets;
using Flows.Contract.Tracking;
using Flows.Hub.Artifacts;
using Flows.Hub.Web;

namespace Flows.Hub.Tracking;

/// <summary>Takes batches in from outside: a step with its token, a program, a laptop that catches up.</summary>
public sealed class TrackingIntake(TrackingStore store, ArtifactStore artifacts)
{
    /// <summary>Largest batch in bytes.</summary>
    public const long MostBytes = 8 << 20;

    /// <param name="secrets">What the writer was given to keep, which names and texts must not say.</param>
    /// <exception cref="RequestFault">Every mistake of the batch; nothing of it is kept. 409: entries before it are missing, or its attempt is over.</exception>
    public async Task<TrackingTaken> TakeAsync(TrackedBy by, HttpRequest request, SecretMask? secrets, CancellationToken cancellation)
    {
        var batch = Masked(Read(await LimitedBody.ReadAsync(request, MostBytes, cancellation)), secrets);
        if (by.StepId.Length == 0 && batch.StepId is { } step) by = by with { StepId = step };
        if (EntryChecks.Problems(batch, by.RunId) is { Count: > 0 } problems) throw Refusal(problems);
        await DemandFilesAsync(batch, cancellation);
        return await store.AppendAsync(by, batch) switch
        {
            Appended.Taken taken => new TrackingTaken(taken.Accepted),
            Appended.Refused refused => throw Refusal(refused.Problems),
            Appended.Gap gap => throw new RequestFault($"The batch begins with entry {batch.From} of \"{batch.Writer}\", of which {gap.Accepted} are kept: send from {gap.Accepted} on.", StatusCodes.Status409Conflict),
            _ => throw new RequestFault($"Attempt {by.Attempt} of step '{by.StepId}' is over.", StatusCodes.Status409Conflict),
        };
    }

    private static TrackingBatch Read(byte[] body) => JsonSerializer.Deserialize<TrackingBatch>(body, ContractJson.Options) ?? throw new RequestFault("The body is no batch: give writer, from and entries.");

    // A picture that is not there yet would be a picture that is never there.
    private async Task DemandFilesAsync(TrackingBatch batch, CancellationToken cancellation)
    {
        for (var i = 0; i < batch.Entries!.Count; i++)
        {
            if (batch.Entries[i] is { Artifact: { } artifact } entry && !await artifacts.HasAsync(artifact.Sha256, cancellation))
                throw Refusal([EntryChecks.Problem(i, "no-artifact", $"There is no artifact {artifact.Sha256}, which \"{entry.File}\" names.", "Upload the bytes first.")]);
        }
    }

    private static TrackingBatch Masked(TrackingBatch batch, SecretMask? secrets) => secrets is null or { IsEmpty: true } ? batch : batch with
    {
        Entries = [.. batch.Entries?.Select(entry => entry is null ? null : entry with
        {
            Metric = Masked(entry.Metric, secrets), Param = Masked(entry.Param, secrets), Tag = Masked(entry.Tag, secrets), Text = Masked(entry.Text, secrets), File = Masked(entry.File, secrets),
            Artifact = entry.Artifact is { } artifact ? artifact with { Name = secrets.Text(artifact.Name) } : null,
        }) ?? []],
    };

    private static string? Masked(string? text, SecretMask secrets) => text is null ? null : secrets.Text(text);

    private static RequestFault Refusal(IReadOnlyList<Contract.Checks.FlowProblem> problems) =>
        new(problems.Count == 1 ? $"{problems[0].Message} {problems[0].Fix}" : $"{problems.Count} mistakes, the first: {problems[0].Message} {problems[0].Fix}", StatusCodes.Status422UnprocessableEntity) { Problems = problems };
}
