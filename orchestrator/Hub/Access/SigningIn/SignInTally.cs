using Flows.Hub.Access.People;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.SigningIn;

/// <summary>
/// Counts wrong tries in the database itself: guesses that come at once count each, and none of them writes back a row that
/// was read before somebody changed it.
/// </summary>
public sealed class SignInTally(IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    private const int Most = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(5);

    public bool IsLocked(PersonRow person) => person.LockedUntil > time.GetUtcNow();

    public async Task FailedAsync(PersonRow person)
    {
        var until = time.GetUtcNow() + Lock;
        await using var db = await databases.CreateDbContextAsync();
        var mine = db.Set<PersonRow>().Where(row => row.Id == person.Id);
        await mine.ExecuteUpdateAsync(set => set.SetProperty(one => one.FailedSignIns, one => one.FailedSignIns + 1));
        await mine.Where(one => one.FailedSignIns >= Most).ExecuteUpdateAsync(set => set.SetProperty(one => one.FailedSignIns, 0).SetProperty(one => one.LockedUntil, until));
    }

    public async Task DoneAsync(PersonRow person)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<PersonRow>().Where(row => row.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.FailedSignIns, 0).SetProperty(row => row.SignedInAt, now));
    }

    /// <summary>Opens an account that wrong tries locked.</summary>
    public async Task ForgiveAsync(PersonRow person)
    {
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<PersonRow>().Where(row => row.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.FailedSignIns, 0).SetProperty(row => row.LockedUntil, (DateTimeOffset?)null));
    }
}
