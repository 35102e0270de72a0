using System.Net;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;

namespace Flows.Hub.Runners;

/// <summary>The server's artifacts with a copy of each on this machine: what is there already is not sent again, in either direction.</summary>
internal sealed class HubArtifacts(ArtifactStore copies, HubHttp http, string token) : IArtifacts
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
        using var there = await http.SendAsync(token, () => new HttpRequestMessage(HttpMethod.Head, new Uri($"api/artifacts/{sha256}", UriKind.Relative)), cancellation);
        if (there.IsSuccessStatusCode) return;
        using var sent = await http.SendAsync(token, () => new HttpRequestMessage(HttpMethod.Put, new Uri($"api/artifacts/{sha256}", UriKind.Relative)) { Content = new StreamContent(File.OpenRead(copies.PathOf(sha256))) }, cancellation);
        await HubHttp.DemandAsync(sent, cancellation);
    }

    private async Task CopyAsync(string sha256, CancellationToken cancellation)
    {
        if (await copies.HasAsync(sha256, cancellation)) return;
        using var answer = await http.GetAsync(token, $"api/artifacts/{sha256}", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw new ActivityFault($"There is no artifact {sha256}.");
        await HubHttp.DemandAsync(answer, cancellation);
        await using var bytes = await answer.Content.ReadAsStreamAsync(cancellation);
        await copies.PutAsync(bytes, sha256, cancellation);
    }
}
