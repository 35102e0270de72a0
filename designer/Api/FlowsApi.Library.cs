using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Designer.Shell;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<LibraryItem>> LibraryAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<LibraryItem>>("api/library", cancellation);

    public Task<LibraryOffer> OfferAsync(string libraryId, CancellationToken cancellation = default) =>
        GetAsync<LibraryOffer>($"api/library/{Escape(libraryId)}", cancellation);

    public async Task<FlowDefinition> OfferedFlowAsync(string libraryId, int version, CancellationToken cancellation = default) =>
        new(await GetAsync<JsonObject>($"api/library/{Escape(libraryId)}/flow?version={version}", cancellation));

    public Task<LibraryItem> ShareAsync(ShareRequest request, CancellationToken cancellation = default) =>
        PostAsync<LibraryItem>("api/library", request, cancellation);

    /// <summary>Installs the newest version into the shown project.</summary>
    public Task<IReadOnlyList<FlowSaved>> InstallAsync(string libraryId, CancellationToken cancellation = default) =>
        InstallAsync(libraryId, null, new InstallRequest(), cancellation);

    /// <param name="project">Null: the one that is shown.</param>
    /// <exception cref="ApiProblem">409: something is in the way, see <see cref="InstallClash"/>.</exception>
    public async Task<IReadOnlyList<FlowSaved>> InstallAsync(string libraryId, string? project, InstallRequest request, CancellationToken cancellation = default)
    {
        var path = $"api/library/{Escape(libraryId)}/install" + (project is null ? "" : $"?project={Escape(project)}");
        var post = new HttpRequestMessage(HttpMethod.Post, path) { Content = ToJson(request) };
        if (project is not null) post.Options.Set(ProjectHeader.OfAll, true);
        return await ReadAsync<IReadOnlyList<FlowSaved>>(await SendAsync(post, cancellation), cancellation);
    }

    public Task WithdrawSharedAsync(string libraryId, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/library/{Escape(libraryId)}"), cancellation);
}
