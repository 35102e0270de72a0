using System.Security.Claims;
using Flows.Hub.Access.People;
using Flows.Hub.Access.Projects;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access;

/// <summary>Reads who somebody is and what they may, anew for each request: what is taken away is gone at once.</summary>
public sealed class ActorBook(IDbContextFactory<FlowsDb> databases, AccessMode mode, TimeProvider time)
{
    private const string TokenMark = "token:";

    // How exact "last used" is: a token that is used all the time is not written all the time.
    private static readonly TimeSpan LastUsedStep = TimeSpan.FromMinutes(1);

    /// <summary>The person of a session; null when the account is closed or locked, or its password has changed since.</summary>
    public async Task<Actor?> PersonAsync(ClaimsPrincipal session, CancellationToken cancellation)
    {
        var (id, stamp) = (session.FindFirstValue(Session.PersonClaim), session.FindFirstValue(Session.StampClaim));
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.ClosedAt == null && row.LockedAt == null, cancellation) is { } person && person.SecurityStamp == stamp
            ? new Actor.Person(person.Id, person.Name, await RightsAsync(db, person, Session.GroupsOf(session), cancellation))
            : null;
    }

    /// <summary>Who has the token; null when there is none such, it has expired or its owner is gone.</summary>
    public async Task<Actor?> TokenAsync(string token, CancellationToken cancellation)
    {
        var digest = ApiToken.DigestOf(token);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Set<TokenRow>().IgnoreQueryFilters().FirstOrDefaultAsync(row => row.Digest == digest, cancellation);
        var now = time.GetUtcNow();
        if (row is null || row.ExpiresAt <= now) return null;
        var rights = row.PersonId is { } owner ? await OwnersAsync(db, owner, cancellation) : new Rights(false, new Dictionary<string, Role> { [row.ProjectId] = row.Role });
        if (rights is null) return null;
        await UsedAsync(db, row, now, cancellation);
        return new Actor.Token(row.Id, row.PersonId is null ? TokenMark + row.Name : row.Author, rights.Narrowed(row.ProjectId, row.Role));
    }

    /// <summary>The role that the author of a row has in a project by now; null: none any more.</summary>
    public async Task<Role?> RoleOfAsync(string author, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (IsProgram(author)) return await TokenRoleAsync(db, author[TokenMark.Length..], projectId, cancellation);
        if (mode.IsLocal) return Role.Administrator;
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Name == author && row.ClosedAt == null && row.LockedAt == null, cancellation) is { } person
            ? (await RightsAsync(db, person, person.Groups, cancellation)).In(projectId)
            : null;
    }

    /// <summary>Whether rows of that author were made with a project's own token.</summary>
    public static bool IsProgram(string author) => author.StartsWith(TokenMark, StringComparison.Ordinal);

    // Names of tokens are not unique: what one of a name may not, no other does for it.
    private async Task<Role?> TokenRoleAsync(FlowsDb db, string name, string projectId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var roles = await db.Set<TokenRow>().IgnoreQueryFilters().Where(row => row.ProjectId == projectId && row.Name == name && row.PersonId == null && row.ExpiresAt > now).Select(row => row.Role).ToListAsync(cancellation);
        return roles.Count == 0 ? null : roles.Min();
    }

    private async Task<Rights?> OwnersAsync(FlowsDb db, string owner, CancellationToken cancellation)
    {
        // Without login everything is the local person's.
        if (owner == PersonRow.Local) return mode.IsLocal ? new Rights(true, new Dictionary<string, Role>()) : null;
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == owner && row.ClosedAt == null && row.LockedAt == null, cancellation) is { } person
            ? await RightsAsync(db, person, person.Groups, cancellation)
            : null;
    }

    private static async Task<Rights> RightsAsync(FlowsDb db, PersonRow person, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        var members = await db.Set<MemberRow>().IgnoreQueryFilters().AsNoTracking()
            .Where(row => (row.Kind == MemberKind.Person && row.Member == person.Id) || (row.Kind == MemberKind.Group && groups.Contains(row.Member))).ToListAsync(cancellation);
        return new Rights(person.IsAdministrator, members.GroupBy(row => row.ProjectId).ToDictionary(rows => rows.Key, rows => rows.Max(row => row.Role)));
    }

    private static async Task UsedAsync(FlowsDb db, TokenRow row, DateTimeOffset now, CancellationToken cancellation)
    {
        if (row.UsedAt is { } used && now - used < LastUsedStep) return;
        await db.Set<TokenRow>().IgnoreQueryFilters().Where(one => one.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), cancellation);
    }
}
