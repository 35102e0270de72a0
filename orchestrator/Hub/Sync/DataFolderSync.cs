using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Hub.Artifacts;
using Flows.Hub.Cli;

namespace Flows.Hub.Sync;

/// <summary>A laptop's own server: its flows and the runs that are over go to the hub, with files and metrics. Logs and journals stay.</summary>
/// <param name="laptop">The server of the laptop's data folder.</param>
/// <param name="notes">Where is kept what each flow was when it was sent last.</param>
public sealed class DataFolderSync(SyncClient laptop, SyncClient hub, SyncNotes notes)
{
    private const int Page = 200;

    public async Task PushAsync(CancellationToken cancellation)
    {
        // Kept also when the line is cut.
        try { await PushAllAsync(cancellation); }
        finally { notes.Save(); }
    }

    private async Task PushAllAsync(CancellationToken cancellation)
    {
        foreach (var flow in await laptop.FindAsync<IReadOnlyList<FlowSummary>>("api/flows", cancellation) ?? []) await TryAsync(flow.DefinitionId, () => PushFlowAsync(flow, cancellation));
        for (string? after = null; await PageAsync(after, cancellation) is { Count: > 0 } runs; after = runs[^1].Id)
        {
            foreach (var run in runs.Where(run => run.Status == RunStatus.Finished && !RunRecord.IsSynced(run.Trigger))) await TryAsync(run.Id, () => PushRunAsync(run.Id, cancellation));
        }
    }

    // What cannot be sent does not keep back the rest.
    private async Task TryAsync(string what, Func<Task> push)
    {
        try { await push(); }
        catch (Exception refused) when (refused is CommandFault or JsonException) { hub.Sent.Refused.Add($"{what}: {refused.Message}"); }
    }

    private Task<IReadOnlyList<RunSummary>?> PageAsync(string? after, CancellationToken cancellation) =>
        laptop.FindAsync<IReadOnlyList<RunSummary>>($"api/runs?limit={Page}{(after is null ? "" : $"&after={after}")}", cancellation);

    private async Task PushFlowAsync(FlowSummary flow, CancellationToken cancellation)
    {
        var path = "api/flows/" + Uri.EscapeDataString(flow.DefinitionId);
        var here = await StateAsync(laptop, path, cancellation);
        if (notes.Of(flow.DefinitionId) is { } sent && sent.Here == here) return;
        var there = await StateAsync(hub, path, cancellation);
        if (there is not null && there != here && notes.Of(flow.DefinitionId)?.There != there)
            throw new CommandFault($"The flow \"{flow.Name}\" was changed at the hub too and is not sent. Export both, merge them and import the result there.");
        if (there != here) await hub.ImportAsync(await laptop.BytesAsync(path + "/export?format=bundle", cancellation), flow.PublishedVersion == flow.LatestVersion, cancellation);
        notes.Keep(flow.DefinitionId, new SentFlow(here!, (await StateAsync(hub, path, cancellation))!));
    }

    /// <summary>A digest of a flow and its files, whatever versions it is in; null when there is no such flow.</summary>
    private static async Task<string?> StateAsync(SyncClient server, string path, CancellationToken cancellation)
    {
        if (await server.FindAsync<JsonObject>(path + "/export", cancellation) is not { } definition) return null;
        foreach (var name in (string[])["version", "id", "createdAt", "isLatest", "isPublished", "isReadonly", "toolVersion"]) definition.Remove(name);
        var files = await server.FindAsync<JsonArray>(path + "/files", cancellation);
        return Runs.RunStore.Digest(definition.ToJsonString(ContractJson.Options) + string.Concat((files ?? []).Select(file => $"{file?["path"]} {file?["sha256"]}\n").Order(StringComparer.Ordinal)));
    }

    private async Task PushRunAsync(string id, CancellationToken cancellation)
    {
        if (notes.HasRun(id)) return;
        var record = await laptop.FindAsync<RunRecord>("api/runs/" + id, cancellation);
        var definition = await laptop.FindAsync<JsonObject>($"api/runs/{id}/definition", cancellation);
        if (record is null || definition is null) return;
        var run = JsonSerializer.SerializeToNode(new RecordedRun { Record = record, Definition = definition, Host = Environment.MachineName, User = Environment.UserName }, ContractJson.Options)!;
        foreach (var sha256 in NamedArtifacts.Of(run)) await UploadAsync(sha256, cancellation);
        await hub.PutRunAsync(id, run, cancellation);
        await PushFactsAsync(id, cancellation);
        foreach (var series in await laptop.FindAsync<IReadOnlyList<MetricSeries>>($"api/runs/{id}/metrics", cancellation) ?? []) await PushCurveAsync(id, series, cancellation);
        notes.KeepRun(id);
    }

    private async Task PushFactsAsync(string id, CancellationToken cancellation)
    {
        if (await laptop.FindAsync<RunTracking>($"api/runs/{id}/tracking", cancellation) is not { } facts) return;
        var entries = facts.Parameters.Select(one => (one.StepId, Entry: new TrackedEntry { Param = one.Name, Text = one.Text, At = one.At }))
            .Concat(facts.Tags.Select(one => (one.StepId, Entry: new TrackedEntry { Tag = one.Name, Text = one.Text, At = one.At })))
            .Concat(facts.Files.Select(one => (one.StepId, Entry: new TrackedEntry { File = one.Name, Step = one.Step, Artifact = one.Artifact, At = one.At })));
        foreach (var file in facts.Files) await UploadAsync(file.Artifact.Sha256, cancellation);
        foreach (var step in entries.GroupBy(entry => entry.StepId))
            await SendAsync(new EntryStream(id, Step(step.Key), "laptop/facts/" + step.Key), [.. step.Select(entry => entry.Entry)], cancellation);
    }

    private async Task PushCurveAsync(string id, MetricSeries series, CancellationToken cancellation)
    {
        // The name may be longer than a writer's, and of other letters.
        var stream = new EntryStream(id, Step(series.StepId), "laptop/" + Runs.RunStore.Digest($"{series.StepId}/{series.Name}"));
        for (var accepted = await hub.AcceptedAsync(stream, cancellation); accepted < series.Count;)
        {
            var points = await laptop.FindAsync<IReadOnlyList<TrackedEntry>>($"api/runs/{id}/metrics/points?key={Uri.EscapeDataString(series.Name)}&stepId={Uri.EscapeDataString(series.StepId)}&from={accepted}&limit=5000", cancellation);
            if (points is not { Count: > 0 }) return;
            accepted = await hub.SendAsync(stream, accepted, Nodes(points), cancellation);
        }
    }

    private async Task SendAsync(EntryStream stream, IReadOnlyList<TrackedEntry> entries, CancellationToken cancellation)
    {
        var accepted = (int)await hub.AcceptedAsync(stream, cancellation);
        foreach (var batch in entries.Skip(accepted).Chunk(TrackingBatch.MostEntries)) accepted = (int)await hub.SendAsync(stream, accepted, Nodes(batch), cancellation);
    }

    private async Task UploadAsync(string sha256, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        try
        {
            await CopyAsync("api/artifacts/" + sha256, file, cancellation);
            foreach (var part in (await ArtifactFolder.ReadAsync(file, cancellation))?.Files ?? []) await UploadAsync(part.Sha256, cancellation);
            await hub.UploadAsync(sha256, _ => Task.FromResult<Stream>(File.OpenRead(file)), cancellation);
        }
        finally { File.Delete(file); }
    }

    private async Task CopyAsync(string path, string file, CancellationToken cancellation)
    {
        await using var bytes = await laptop.StreamAsync(path, cancellation);
        await using var target = File.Create(file);
        await bytes.CopyToAsync(target, cancellation);
    }

    private static string? Step(string stepId) => stepId.Length == 0 ? null : stepId;

    private static List<JsonNode?> Nodes(IEnumerable<TrackedEntry> entries) => [.. entries.Select(entry => JsonSerializer.SerializeToNode(entry, ContractJson.Options))];
}
