namespace Flows.Contract.Flows;

/// <summary>Somebody who has a flow open in the editor.</summary>
/// <param name="Id">Of the open page: a person with two tabs is there twice.</param>
/// <param name="Name">Of the person; <c>local</c> where nobody signs in.</param>
/// <param name="Selection">Ids of nodes.</param>
public sealed record Visitor(string Id, string Name, IReadOnlyList<string> Selection);

/// <summary>Body of <c>PUT /api/flows/{definitionId}/presence/{visitor}</c>: told every few seconds while a page is open.</summary>
public sealed record PresenceUpdate
{
    /// <summary>Ids of the nodes that are selected; the first 200 are shown to others.</summary>
    public IReadOnlyList<string> Selection { get; init; } = [];
}

/// <summary>What a page that has a flow open is told.</summary>
/// <param name="Tag">ETag of the newest draft: another one than the page has means that somebody saved.</param>
/// <param name="Others">Everybody else who has the flow open.</param>
public sealed record PresenceNews(string Tag, IReadOnlyList<Visitor> Others);
