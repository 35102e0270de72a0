using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Approvals;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Approvals;

/// <summary>Keeps what runs ask, and takes answers: an answer and the event that carries it to the run are written in one step.</summary>
public sealed class ApprovalBook(IDbContextFactory<FlowsDb> databases, RunStore store, RunMail mail, TimeProvider time)
{
    /// <summary>Newest first, at most 200.</summary>
    /// <param name="state">Null: whatever became of them.</param>
    public async Task<IReadOnlyList<Approval>> ListAsync(ApprovalState? state, string? runId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<ApprovalRow>().AsNoTracking();
        if (state is { } wanted) rows = rows.Where(row => row.State == wanted);
        if (runId is not null) rows = rows.Where(row => row.RunId == runId);
        return [.. (await rows.OrderByDescending(row => row.AskedAt).Take(200).ToListAsync(cancellation)).Select(row => row.ToApproval())];
    }

    public async Task<Approval?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return (await db.Set<ApprovalRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation))?.ToApproval();
    }

    public async Task<int> OpenCountAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<ApprovalRow>().CountAsync(row => row.State == ApprovalState.Open, cancellation);
    }

    /// <summary>False when somebody or something was first, or the run is over.</summary>
    public async Task<bool> AnswerAsync(Approval answered)
    {
        var values = answered.Values?.ToJsonString(ContractJson.Options);
        var won = false;
        await store.WriteAsync(db =>
        {
            // A commit whose outcome was lost is tried again: the same answer at the same moment is this one.
            won = db.Set<ApprovalRow>().Where(row => row.Id == answered.Id && (row.State == ApprovalState.Open || row.State == ApprovalState.Answered && row.AnsweredAt == answered.AnsweredAt && row.AnsweredBy == answered.AnsweredBy))
                .ExecuteUpdate(set => set
                    .SetProperty(row => row.State, ApprovalState.Answered)
                    .SetProperty(row => row.Answer, answered.Answer)
                    .SetProperty(row => row.AnsweredBy, answered.AnsweredBy)
                    .SetProperty(row => row.AnsweredAt, answered.AnsweredAt)
                    .SetProperty(row => row.Comment, answered.Comment)
                    .SetProperty(row => row.Values, values)) == 1;
            if (!won || mail.Keep(db, answered.RunId, Event(answered))) return;
            won = false;
            db.Set<ApprovalRow>().Where(row => row.Id == answered.Id).ExecuteUpdate(set => set.SetProperty(row => row.State, ApprovalState.Withdrawn));
        });
        if (won) mail.Wake(answered.RunId);
        return won;
    }

    /// <summary>Once the run's journal has what it waits for: asks what is new, closes what is gone.</summary>
    internal async Task FollowAsync(LiveRun run, WaitChanges waits)
    {
        if (waits.Came.Count + waits.Gone.Count == 0) return;
        await AskAsync([.. waits.Came.Where(step => step.Asked is not null).Select(step => Row(run.Row, step, run.ActivityOf(StepOf(step.Bookmark.Id)).Title))]);
        await CloseAsync([.. waits.Gone.Select(id => (id, run.StepRecord(StepOf(id)))).Where(gone => gone.Item2.ActivityType == Approval.ActivityType)
            .Select(gone => (gone.id, gone.Item2.Status == StepStatus.Completed ? gone.Item2.Outcomes.FirstOrDefault() : null))]);
    }

    // RUN.STEP.NUMBER
    private static int StepOf(string bookmarkId) => int.Parse(bookmarkId.Split('.')[^2], System.Globalization.CultureInfo.InvariantCulture);

    // What is known already stays as it is.
    private Task AskAsync(IReadOnlyList<ApprovalRow> rows)
    {
        return rows.Count == 0 ? Task.CompletedTask : store.WriteAsync(db =>
        {
            foreach (var row in rows)
            {
                db.Database.ExecuteSql($"""
                    INSERT INTO approvals ("Id", "RunId", "DefinitionId", "AskedAt", "State", "Asked", "ProjectId", "Author")
                    VALUES ({row.Id}, {row.RunId}, {row.DefinitionId}, {row.AskedAt.UtcTicks}, {(int)row.State}, {row.Asked}, {row.ProjectId}, {row.Author}) ON CONFLICT DO NOTHING
                    """);
            }
        });
    }

    // What nobody answered went on by its deadline, with that answer, or was withdrawn.
    private Task CloseAsync(IReadOnlyList<(string Id, string? Answer)> closed)
    {
        var at = time.GetUtcNow();
        return closed.Count == 0 ? Task.CompletedTask : store.WriteAsync(db =>
        {
            foreach (var (id, answer) in closed)
            {
                db.Set<ApprovalRow>().Where(row => row.Id == id && row.State == ApprovalState.Open).ExecuteUpdate(set => set
                    .SetProperty(row => row.State, answer is null ? ApprovalState.Withdrawn : ApprovalState.Overdue)
                    .SetProperty(row => row.Answer, answer)
                    .SetProperty(row => row.AnsweredAt, at));
            }
        });
    }

    private static RunEvent Event(Approval answered) => new RunEvent.BookmarkResumed(answered.Id, new System.Text.Json.Nodes.JsonObject
    {
        ["answer"] = answered.Answer,
        ["by"] = answered.AnsweredBy,
        ["comment"] = answered.Comment,
        ["form"] = answered.Values?.DeepClone(),
    });

    private ApprovalRow Row(RunRow run, WaitingStep step, string title)
    {
        var asked = Asked.Of(step) with { RunId = run.Id, DefinitionId = run.DefinitionId, RunName = run.Name, Title = title };
        return new ApprovalRow
        {
            Id = asked.Id,
            RunId = run.Id,
            DefinitionId = run.DefinitionId,
            AskedAt = time.GetUtcNow(),
            Asked = JsonSerializer.Serialize(asked, ContractJson.Options),
            ProjectId = run.ProjectId,
            Author = run.Author,
        };
    }
}
