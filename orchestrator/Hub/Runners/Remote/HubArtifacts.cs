using System.Collections.Concurrent;
using System.Net;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;

namespace Flows.Hub.Runners;

/// <summary>
/// The server's artifacts with a copy of each on this machine: what is there already is not sent again, in either direction.
/// That a copy is here says nothing about whose it is: the server is asked once for each project.
/// </summary>
public sealed class HubArtifacts(ArtifactStore copies, ReadableCopies readable, HubHttp http, StepAssignment step) : IArtifacts
{
    public async Task<Artifact> PutFileAsync(string path, string kind, string? name = null, CancellationToken cancellation = default)
    {
        var artifact = await copies.PutFileAsync(path, kind, name, cancellation);
        // The files of a folder first: a manifest that the server has is whole.
        if (artifact.MediaType == ArtifactFolder.MediaType)
        {
            foreach (var entry in (await ManifestAsync(artifact.Sha256, cancellation)).Files) await SendAsync(entry.Sha256, cancellation);
        }
        await SendAsync(artifact.Sha256, cancellation);
        return artifact;
    }

    public async Task<string> FetchAsync(Artifact artifact, CancellationToken cancellation = default)
    {
        await CopyAsync(artifact.Sha256, cancellation);
        if (artifact.MediaType == ArtifactFolder.MediaType)
        {
            foreach (var entry in (await ManifestAsync(artifact.Sha256, cancellation)).Files) await CopyAsync(entry.Sha256, cancellation);
        }
        return await copies.FetchAsync(artifact, cancellation);
    }

    private async Task<ArtifactFolder> ManifestAsync(string sha256, CancellationToken cancellation) =>
        await ArtifactFolder.ReadAsync(copies.PathOf(sha256), cancellation) ?? throw new ActivityFault($"Artifact {sha256} is not a folder's manifest.");

    private async Task SendAsync(string sha256, CancellationToken cancellation)
    {
        if (await IsReadableAsync(sha256, cancellation)) return;
        using var sent = await http.SendAsync(step.Token, () => new HttpRequestMessage(HttpMethod.Put, new Uri($"api/artifacts/{sha256}", UriKind.Relative)) { Content = new StreamContent(File.OpenRead(copies.PathOf(sha256))) }, cancellation);
        await HubHttp.DemandAsync(sent, cancellation);
        readable.Add(step.ProjectId, sha256);
    }

    private async Task CopyAsync(string sha256, CancellationToken cancellation)
    {
        if (await copies.HasAsync(sha256, cancellation) && (readable.Has(step.ProjectId, sha256) || await IsReadableAsync(sha256, cancellation))) return;
        using var answer = await http.GetAsync(step.Token, $"api/artifacts/{sha256}", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw new ActivityFault($"There is no artifact {sha256}.");
        await HubHttp.DemandAsync(answer, cancellation);
        await using var bytes = await answer.Content.ReadAsStreamAsync(cancellation);
        await copies.PutAsync(bytes, sha256, cancellation);
        readable.Add(step.ProjectId, sha256);
    }

    private async Task<bool> IsReadableAsync(string sha256, CancellationToken cancellation)
    {
        using var there = await http.SendAsync(step.Token, () => new HttpRequestMessage(HttpMethod.Head, new Uri($"api/artifacts/{sha256}", UriKind.Relative)), cancellation);
        if (there.IsSuccessStatusCode) readable.Add(step.ProjectId, sha256);
        return there.IsSuccessStatusCode;
    }
}

/// <summary>Which of this machine's copies the server lets a project read.</summary>
public sealed class ReadableCopies
{
    // What does not fit is asked for once more.
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<(string Project, string Sha256), byte> _known = [];

    public bool Has(string project, string sha256) => _known.ContainsKey((project, sha256));

    public void Add(string project, string sha256)
    {
        if (_known.Count >= Most) _known.Clear();
        _known[(project, sha256)] = 0;
    }
}
