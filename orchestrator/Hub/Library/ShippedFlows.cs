using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Library;

/// <summary>The flows that come with the program: a folder with an index page, and a folder for each with flow, picture, description and data.</summary>
public sealed class ShippedFlows : ILibraryShelf
{
    private readonly string _folder;
    private readonly Lazy<IReadOnlyList<LibraryEntry>> _entries;

    public ShippedFlows(string? folder)
    {
        _folder = folder ?? Candidates().FirstOrDefault(Directory.Exists) ?? "";
        _entries = new(Read);
    }

    public bool Has(string id) => _entries.Value.Any(entry => entry.Id == id);

    public Task<IReadOnlyList<LibraryItem>> ItemsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LibraryItem>>([.. _entries.Value.Select(entry => entry.ToItem())]);

    public async Task<LibraryOffer?> FindAsync(string id, CancellationToken cancellation)
    {
        if (Entry(id) is not { } entry) return null;
        var readme = await File.ReadAllTextAsync(PathOf(entry, entry.Readme), cancellation);
        var nodes = (await FlowsOfAsync(entry, cancellation))[0].CountNodes();
        return new LibraryOffer(entry.ToItem(), readme, [new LibraryVersion(entry.Version, "", "", null, nodes)]);
    }

    // Only what came with this program is here: no earlier version of it.
    public async Task<LibraryContent?> ContentAsync(string id, int? version, CancellationToken cancellation)
    {
        if (Entry(id) is not { } entry || (version ?? entry.Version) != entry.Version) return null;
        var flows = await FlowsOfAsync(entry, cancellation);
        return new LibraryContent(entry.Version, flows, [.. FilesOf(entry).Select(file => new LibraryFile(flows[0].DefinitionId, file, "", _ => Task.FromResult(PathOf(entry, file))))]);
    }

    /// <exception cref="RequestFault">404: no flow of that name came with the program.</exception>
    public string PictureOf(string id) => Entry(id) is { } entry ? PathOf(entry, entry.Picture) : throw new RequestFault($"'{id}' has no picture.", StatusCodes.Status404NotFound);

    private LibraryEntry? Entry(string id) => _entries.Value.FirstOrDefault(entry => entry.Id == id);

    private async Task<IReadOnlyList<FlowDefinition>> FlowsOfAsync(LibraryEntry entry, CancellationToken cancellation) =>
        FlowFile.Read(await File.ReadAllTextAsync(PathOf(entry, entry.Flow), cancellation));

    private string PathOf(LibraryEntry entry, string file) => Path.Combine(_folder, entry.Id, file);

    // Everything in the flow's folder that is not the flow itself, its page or its picture: data and scripts.
    private IEnumerable<string> FilesOf(LibraryEntry entry)
    {
        var folder = Path.Combine(_folder, entry.Id);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .Where(file => file != entry.Flow && file != entry.Readme && file != entry.Picture && !file.StartsWith("licences", StringComparison.Ordinal));
    }

    private IReadOnlyList<LibraryEntry> Read()
    {
        var index = Path.Combine(_folder, "index.json");
        return File.Exists(index) ? JsonSerializer.Deserialize<List<LibraryEntry>>(File.ReadAllText(index), ContractJson.Options)! : [];
    }

    // Beside the program when it is published; above it when it runs from a checkout.
    private static IEnumerable<string> Candidates()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent) yield return Path.Combine(at.FullName, "flows-library");
    }
}

/// <summary>A line of the library's index page, <c>flows-library/index.json</c>.</summary>
public sealed record LibraryEntry(string Id, string Name, string Description)
{
    /// <summary>Counted up by whoever changes what is shipped.</summary>
    public int Version { get; init; } = 1;

    public string Picture { get; init; } = "picture.svg";

    public string DataSource { get; init; } = "";

    public string Licence { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string Bar { get; init; } = "";

    public IReadOnlyList<string> Needs { get; init; } = [];

    public string Flow { get; init; } = "flow.json";

    public string Readme { get; init; } = "README.md";

    public LibraryItem ToItem() => new(Id, Name, Description)
    {
        Picture = $"/api/library/{Id}/picture", Version = Version, DataSource = DataSource, Licence = Licence, Tags = Tags, Bar = Bar, Needs = Needs,
    };
}
