using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Runs;

/// <summary>
/// A step that waits for something of a name, of whichever run on whichever orchestrator. Written before the journal
/// has that it waits and removed after it has that it does not: a row may be too much, never too little.
/// </summary>
public sealed class BookmarkRow : OwnedRow
{
    /// <summary>Begins with its run's id and a full stop.</summary>
    public required string Id { get; init; }

    public required string RunId { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityType { get; init; }

    public string? StepId { get; init; }

    /// <summary>What it waits for: an Event's name.</summary>
    public required string Name { get; init; }

    /// <summary>The run's.</summary>
    public string? CorrelationId { get; set; }

    public static string RunOf(string bookmarkId) => bookmarkId.Split('.')[0];

    private sealed class Configuration : IEntityTypeConfiguration<BookmarkRow>
    {
        public void Configure(EntityTypeBuilder<BookmarkRow> bookmark)
        {
            bookmark.ToTable("bookmarks");
            bookmark.HasKey(row => row.Id);
            bookmark.HasIndex(row => row.RunId);
            bookmark.HasIndex(row => new { row.ActivityType, row.Name });
        }
    }
}
