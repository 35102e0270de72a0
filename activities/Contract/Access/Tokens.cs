namespace Flows.Contract.Access;

/// <param name="Service">The project's own, for a program: it stays when whoever made it goes. Otherwise it may never more than its maker.</param>
/// <param name="Days">Until it expires, 1 to 366. Default 90.</param>
public sealed record TokenRequest(string? Name, Role Role = Role.Viewer, bool Service = false, int? Days = null);

/// <param name="Token">Its text: shown here and never again.</param>
public sealed record NewToken(string Token, TokenSummary Summary);

/// <param name="Author">Who made it.</param>
/// <param name="UsedAt">To the minute; null: never.</param>
public sealed record TokenSummary(string Id, string Name, string ProjectId, Role Role, bool Service, string Author, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);
