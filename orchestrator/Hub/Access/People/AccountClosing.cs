using Flows.Contract.Runs;
using Flows.Hub.Access.Projects;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Secrets;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.People;

/// <summary>
/// Somebody leaves: what they hold is listed, then handed to somebody else or stopped, in one step. Rows of their history
/// (versions, runs, answers) keep their name.
/// </summary>
public sealed class AccountClosing(IDbContextFactory<FlowsDb> databases, UserManager<PersonRow> people, FlowStore flows, RunHost runs, TimeProvider time)
{
    public async Task<Holdings> OfAsync(PersonRow person, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var held = await db.Set<FlowRow>().AsNoTracking().Where(row => row.Author == person.Name).OrderBy(row => row.Name).ToListAsync(cancellation);
        var starting = await db.Set<TriggerRow>().AsNoTracking().Where(row => row.Author == person.Name).Select(row => row.DefinitionId).Distinct().ToListAsync(cancellation);
        return new Holdings(
            [.. held.Select(row => new HeldFlow(row.DefinitionId, row.Name, row.ProjectId, row.PublishedVersion is not null, starting.Contains(row.DefinitionId)))],
            await db.Set<TokenRow>().Where(row => row.PersonId == person.Id).OrderBy(row => row.Name).Select(row => row.Name).ToListAsync(cancellation),
            await db.Set<MemberRow>().Where(row => row.Kind == MemberKind.Person && row.Member == person.Id).OrderBy(row => row.ProjectId).Select(row => row.ProjectId).ToListAsync(cancellation),
            await db.Set<RunRow>().Where(row => row.Author == person.Name && row.Status == RunStatus.Running).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellation))
        {
            Secrets = await db.Set<SecretRow>().Where(row => row.Author == person.Name).OrderBy(row => row.ProjectId).ThenBy(row => row.Name).Select(row => new HeldSecret(row.ProjectId, row.Name)).ToListAsync(cancellation),
        };
    }

    /// <returns>What they held until now.</returns>
    public async Task<Holdings> CloseAsync(PersonRow person, PersonRow? heir, CancellationToken cancellation)
    {
        // First nothing new can come of the account.
        person.ClosedAt ??= time.GetUtcNow();
        PeopleEndpoints.Demand(await people.UpdateSecurityStampAsync(person));
        var held = await OfAsync(person, cancellation);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<TokenRow>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync(cancellation);
        await db.Set<MemberRow>().Where(row => row.Kind == MemberKind.Person && row.Member == person.Id).ExecuteDeleteAsync(cancellation);
        if (heir is not null) await HandAsync(db, person, heir, cancellation);
        else await StopAsync(held, cancellation);
        return held;
    }

    private static async Task HandAsync(FlowsDb db, PersonRow person, PersonRow heir, CancellationToken cancellation)
    {
        await db.Set<FlowRow>().Where(row => row.Author == person.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, heir.Name), cancellation);
        await db.Set<SecretRow>().Where(row => row.Author == person.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, heir.Name), cancellation);
        // What they start counts as the heir's from now on, also what waits already.
        await db.Set<TriggerRow>().Where(row => row.Author == person.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, heir.Name), cancellation);
        await db.Set<TriggerStateRow>().Where(row => row.Author == person.Name).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, heir.Name), cancellation);
        await db.Set<TriggerFireRow>().Where(row => row.Author == person.Name && row.State == FireState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(row => row.Author, heir.Name), cancellation);
    }

    private async Task StopAsync(Holdings held, CancellationToken cancellation)
    {
        foreach (var flow in held.Flows.Where(flow => flow.StartsByItself)) await flows.UnpublishAsync(flow.DefinitionId, cancellation);
        foreach (var run in held.Runs)
        {
            if (runs.Find(run) is { } live) live.Cancel(Sight.Current.Author);
            else await runs.PostAsync(run, new Engine.RunEvent.CancelRequested(Sight.Current.Author), cancellation);
        }
    }
}
