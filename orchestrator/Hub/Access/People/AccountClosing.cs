using Flows.Contract.Runs;
using Flows.Hub.Access.Projects;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Backfills;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Secrets;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.People;

/// <summary>
/// Somebody leaves: what they hold is listed, then handed to somebody else or stopped, in one step. Rows of their history
/// (versions, runs, answers) keep their name.
/// </summary>
public sealed class AccountClosing(IDbContextFactory<FlowsDb> databases, UserManager<PersonRow> people, RunningWork work, FlowStore flows, TimeProvider time)
{
    public async Task<Holdings> OfAsync(PersonRow person, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var starting = await db.Set<TriggerRow>().AsNoTracking().Where(row => row.Author == person.Name).Select(row => row.DefinitionId).Distinct().ToListAsync(cancellation);
        var held = await db.Set<FlowRow>().AsNoTracking().Where(row => row.Author == person.Name || starting.Contains(row.DefinitionId)).OrderBy(row => row.Name).ToListAsync(cancellation);
        return new Holdings(
            [.. held.Select(row => new HeldFlow(row.DefinitionId, row.Name, row.ProjectId, row.PublishedVersion is not null, starting.Contains(row.DefinitionId)))],
            await db.Set<TokenRow>().Where(row => row.PersonId == person.Id).OrderBy(row => row.Name).Select(row => row.Name).ToListAsync(cancellation),
            await db.Set<MemberRow>().Where(row => row.Kind == MemberKind.Person && row.Member == person.Id).OrderBy(row => row.ProjectId).Select(row => row.ProjectId).ToListAsync(cancellation),
            await db.Set<RunRow>().Where(row => row.Author == person.Name && row.Status == RunStatus.Running).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellation))
        {
            Secrets = await db.Set<SecretRow>().Where(row => row.Author == person.Name).OrderBy(row => row.ProjectId).ThenBy(row => row.Name).Select(row => new HeldSecret(row.ProjectId, row.Name)).ToListAsync(cancellation),
            Backfills = await RunningWork.Backfills(db, person.Name).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellation),
            Gathered = await db.Set<GatheredRow>().Where(row => row.Author == person.Name).Select(row => row.DefinitionId).Distinct().OrderBy(id => id).ToListAsync(cancellation),
        };
    }

    /// <returns>What they held until now.</returns>
    public async Task<Holdings> CloseAsync(PersonRow person, PersonRow? heir, CancellationToken cancellation)
    {
        // First nothing new can come of the account.
        person.ClosedAt ??= time.GetUtcNow();
        person.HandedTo = heir?.Id ?? person.HandedTo;
        PeopleEndpoints.Demand(await people.UpdateSecurityStampAsync(person));
        var held = await OfAsync(person, cancellation);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<TokenRow>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync(cancellation);
        await db.Set<MemberRow>().Where(row => row.Kind == MemberKind.Person && row.Member == person.Id).ExecuteDeleteAsync(cancellation);
        if (heir is not null) await HandAsync(db, person, heir, cancellation);
        else await StopAsync(db, person, held, cancellation);
        return held;
    }

    private static async Task HandAsync(FlowsDb db, PersonRow person, PersonRow heir, CancellationToken cancellation)
    {
        await HandAsync(db.Set<FlowRow>(), person, heir, cancellation);
        await db.Set<FlowRow>().Where(row => row.Publisher == person.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Publisher, heir.Name), cancellation);
        await HandAsync(db.Set<SecretRow>(), person, heir, cancellation);
        // What starts from now on counts as the heir's, also what waits already.
        await HandAsync(db.Set<TriggerRow>(), person, heir, cancellation);
        await HandAsync(db.Set<TriggerStateRow>(), person, heir, cancellation);
        await HandAsync(db.Set<TriggerFireRow>().Where(row => row.State == FireState.Waiting || row.State == FireState.Starting), person, heir, cancellation);
        await HandAsync(db.Set<GatheredRow>(), person, heir, cancellation);
        await HandAsync(RunningWork.Backfills(db, person.Name), person, heir, cancellation);
    }

    private static Task HandAsync<T>(IQueryable<T> rows, PersonRow from, PersonRow to, CancellationToken cancellation) where T : OwnedRow =>
        rows.Where(row => row.Author == from.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, to.Name), cancellation);

    private async Task StopAsync(FlowsDb db, PersonRow person, Holdings held, CancellationToken cancellation)
    {
        foreach (var flow in held.Flows.Where(flow => flow.StartsByItself)) await flows.UnpublishAsync(flow.DefinitionId, cancellation);
        await db.Set<GatheredRow>().Where(row => row.Author == person.Name).ExecuteDeleteAsync(cancellation);
        await work.StopAsync(held, cancellation);
    }
}
