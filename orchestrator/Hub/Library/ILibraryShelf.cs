using Flows.Contract.Definitions;
using Flows.Contract.Flows;

namespace Flows.Hub.Library;

/// <summary>Where flows on offer are: beside the program, or in the database.</summary>
public interface ILibraryShelf
{
    Task<IReadOnlyList<LibraryItem>> ItemsAsync(CancellationToken cancellation);

    /// <summary>Null: not on this shelf.</summary>
    Task<LibraryOffer?> FindAsync(string id, CancellationToken cancellation);

    /// <param name="version">Null: the newest.</param>
    /// <returns>Null: not on this shelf, or not in that version.</returns>
    Task<LibraryContent?> ContentAsync(string id, int? version, CancellationToken cancellation);
}

/// <summary>What is installed.</summary>
/// <param name="Flows">The flow itself first, then those that it uses as activities.</param>
public sealed record LibraryContent(int Version, IReadOnlyList<FlowDefinition> Flows, IReadOnlyList<LibraryFile> Files)
{
    /// <summary>What one of them says, once installed, of where it is from.</summary>
    public LibraryMark MarkOf(string library, FlowDefinition flow) => new(ReferenceEquals(flow, Flows[0]) ? library : $"{library}/{flow.DefinitionId}", Version);
}

/// <summary>A file that belongs to one of the flows.</summary>
/// <param name="DefinitionId">The flow, by the id that it has on offer.</param>
/// <param name="Sha256">Empty for a file beside the program.</param>
/// <param name="LocateAsync">Where its bytes are on this machine, whoever asks.</param>
public sealed record LibraryFile(string DefinitionId, string Path, string Sha256, Func<CancellationToken, Task<string>> LocateAsync);
