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
        var (id, stamp, groups) = (session.FindFirstValue(Session.PersonClaim), session.FindFirstValue(Session.StampClaim), Session.GroupsOf(session));
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.ClosedAt == null && row.LockedAt == null, cancellation) is { } person && person.SecurityStamp == stamp
            ? new Actor.Person(person.Id, person.Name, await RightsAsync(db, person, groups, cancellation)) { Groups = groups }
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

    /// <summary>What the author of a row is in a project by now; of an account that was handed over, whoever has it.</summary>
    public async Task<Standing> StandingAsync(string author, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (author.StartsWith(TokenMark, StringComparison.Ordinal)) return new Standing(author, await TokenRoleAsync(db, author[TokenMark.Length..], projectId, cancellation), IsPerson: false);
        if (mode.IsLocal) return new Standing(author, Role.Administrator, IsPerson: true);
        var person = await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Name == author, cancellation);
        // An heir is open when something is handed to them: following them comes to an end.
        while (person is { ClosedAt: not null, HandedTo: { } heir }) person = await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == heir, cancellation);
        return person is { ClosedAt: null, LockedAt: null }
            ? new Standing(person.Name, (await RightsAsync(db, person, person.Groups, cancellation)).In(projectId), IsPerson: true) { Groups = person.Groups }
            : new Standing(author, null, IsPerson: true);
    }

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
