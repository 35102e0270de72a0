using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Library;

/// <summary>The shipped flows: a folder with an index page, and a folder for each with flow, picture, description and data.</summary>
public sealed class FlowLibrary
{
    private readonly string _folder;
    private readonly Lazy<IReadOnlyList<LibraryEntry>> _entries;

    public FlowLibrary(string? folder)
    {
        _folder = folder ?? Candidates().FirstOrDefault(Directory.Exists) ?? "";
        _entries = new(Read);
    }

    public IReadOnlyList<LibraryItem> Items => [.. _entries.Value.Select(entry => entry.ToItem())];

    /// <exception cref="RequestFault">404: no such flow on offer.</exception>
    public LibraryEntry Find(string id) => _entries.Value.FirstOrDefault(entry => entry.Id == id)
        ?? throw new RequestFault($"The library has no flow '{id}'; it has {string.Join(", ", _entries.Value.Select(entry => entry.Id))}.", StatusCodes.Status404NotFound);

    public string PathOf(LibraryEntry entry, string file) => Path.Combine(_folder, entry.Id, file);

    /// <summary>Everything in the flow's folder that is not the flow itself, its page or its picture: data and scripts, by relative path.</summary>
    public IEnumerable<string> FilesOf(LibraryEntry entry)
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
    public string Picture { get; init; } = "picture.svg";

    public string DataSource { get; init; } = "";

    public string Licence { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string Bar { get; init; } = "";

    public IReadOnlyList<string> Needs { get; init; } = [];

    public string Flow { get; init; } = "flow.json";

    public string Readme { get; init; } = "README.md";

    public LibraryItem ToItem() => new(Id, Name, Description, $"/api/library/{Id}/picture")
    {
        DataSource = DataSource, Licence = Licence, Tags = Tags, Bar = Bar, Needs = Needs,
    };
}
