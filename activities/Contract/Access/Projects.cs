namespace Flows.Contract.Access;

/// <param name="Id">1 to 60 lower-case letters, digits and dashes.</param>
/// <param name="Name">At most 100 characters; absent: the id.</param>
public sealed record NewProject(string? Id, string? Name);

/// <param name="Role">The asker's own.</param>
public sealed record ProjectSummary(string Id, string Name, Role Role);

public enum MemberKind { Person, Group }

/// <param name="Name">The person's, or the group's as the identity provider says it.</param>
public sealed record Member(MemberKind Kind, string Name, Role Role);

public sealed record MemberRequest(Role Role);
