using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Flows;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Library;

public sealed partial class SharedFlows
{
    /// <summary>Writes the next version of what is shared from a flow, its first where it never was.</summary>
    internal Task<LibraryItem> WriteAsync(FlowVersionRow source, IReadOnlyList<FlowDefinition> flows, IReadOnlyList<SharedFile> files, ShareRequest asked, CancellationToken cancellation) =>
        databases.InTransactionAsync(async db =>
        {
            var row = await db.Set<LibraryFlowRow>().FirstOrDefaultAsync(one => one.SourceId == source.DefinitionId, cancellation)
                ?? db.Add(new LibraryFlowRow { Id = await FreeIdAsync(db, flows[0].Name, cancellation), SourceId = source.DefinitionId, ProjectId = source.ProjectId }).Entity;
            Describe(row, flows[0], asked);
            db.Add(Version(row, flows, files, asked));
            await db.SaveChangesAsync(cancellation);
            return Item(row);
        }, cancellation);

    /// <summary>Takes it off the shelf with all its versions; what is installed stays.</summary>
    public Task<bool> WithdrawAsync(string id, CancellationToken cancellation) => databases.InTransactionAsync(async db =>
    {
        await db.Set<LibraryVersionRow>().Where(row => row.Id == id).ExecuteDeleteAsync(cancellation);
        return await db.Set<LibraryFlowRow>().Where(row => row.Id == id).ExecuteDeleteAsync(cancellation) > 0;
    }, cancellation);

    private void Describe(LibraryFlowRow row, FlowDefinition flow, ShareRequest asked)
    {
        (row.Name, row.Description, row.Author) = (flow.Name, flow.Description, Sight.Current.Author);
        row.Tags = JsonSerializer.Serialize(ShareChecks.TagsOf(asked), ContractJson.Options);
        row.IsComponent = flow.Options.Flag("usableAsActivity");
        row.Category = row.IsComponent ? flow.Options.Text("activityCategory") ?? "" : "";
        (row.LatestVersion, row.UpdatedAt) = (row.LatestVersion + 1, time.GetUtcNow());
    }

    private static LibraryVersionRow Version(LibraryFlowRow row, IReadOnlyList<FlowDefinition> flows, IReadOnlyList<SharedFile> files, ShareRequest asked) => new()
    {
        Id = row.Id,
        Version = row.LatestVersion,
        ProjectId = row.ProjectId,
        Notes = asked.Notes.Trim(),
        Json = new JsonArray([.. flows.Select(one => one.Json.DeepClone())]).ToJsonString(ContractJson.Options),
        Files = JsonSerializer.Serialize(files, ContractJson.Options),
        Nodes = flows[0].CountNodes(),
        At = row.UpdatedAt,
    };

    private async Task<string> FreeIdAsync(FlowsDb db, string name, CancellationToken cancellation)
    {
        var letters = string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        var said = string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
        var stem = said.Length == 0 ? "flow" : said[..Math.Min(said.Length, 50)].Trim('-');
        var (id, number) = (stem, 1);
        while (shipped.Has(id) || await db.Set<LibraryFlowRow>().AnyAsync(row => row.Id == id, cancellation)) id = $"{stem}-{++number}";
        return id;
    }
}
