namespace Flows.Contract.Access;

public sealed record NewPerson(string? Name, string? Password, bool IsAdministrator = false);

/// <summary>What is absent stays. A new password ends every session of theirs and opens an account that wrong passwords locked.</summary>
/// <param name="IsLocked">True: nobody gets in by this account, nor by its sessions and tokens, until it is false.</param>
public sealed record PersonChange(bool? IsAdministrator = null, string? Password = null, bool ForgetAuthenticator = false, bool? IsLocked = null);

/// <param name="External">Signed in by the identity provider.</param>
public sealed record PersonSummary(string Name, bool IsAdministrator, bool UsesAuthenticator, bool External, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt)
{
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>Since when an administrator keeps the account locked; null: it is not.</summary>
    public DateTimeOffset? LockedAt { get; init; }

    /// <summary>Until when too many wrong tries keep it locked; null: they do not.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>As the identity provider said them at the last sign-in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>In projects, by name or by group.</summary>
    public IReadOnlyList<HeldRole> Roles { get; init; } = [];
}

/// <param name="Group">By which group; null: by name.</param>
public sealed record HeldRole(string ProjectId, Role Role, string? Group);

/// <param name="HandTo">Who gets their flows; absent: what starts those by itself is stopped.</param>
public sealed record CloseRequest(string? HandTo);

/// <summary>What somebody would leave behind.</summary>
/// <param name="Tokens">Names of their own tokens: they go in any case.</param>
/// <param name="Projects">Those that they are a member of.</param>
/// <param name="Runs">Under way.</param>
public sealed record Holdings(IReadOnlyList<HeldFlow> Flows, IReadOnlyList<string> Tokens, IReadOnlyList<string> Projects, IReadOnlyList<string> Runs)
{
    /// <summary>Those whose value they wrote last: they are their project's, and stay.</summary>
    public IReadOnlyList<HeldSecret> Secrets { get; init; } = [];

    /// <summary>Ids of backfills that start runs in their name.</summary>
    public IReadOnlyList<string> Backfills { get; init; } = [];

    /// <summary>Flows of starts that are gathered in their name, by definition id.</summary>
    public IReadOnlyList<string> Gathered { get; init; } = [];
}

/// <param name="StartsByItself">A trigger starts it, in their name: they published it.</param>
public sealed record HeldFlow(string DefinitionId, string Name, string ProjectId, bool IsPublished, bool StartsByItself);

public sealed record HeldSecret(string ProjectId, string Name);
