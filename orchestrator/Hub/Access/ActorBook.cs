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
        return new Actor.Token(row.Id, row.PersonId is null ? $"token:{row.Name}" : row.Author, rights.Narrowed(row.ProjectId, row.Role));
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
