using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Triggers;
using Flows.Engine;
using Flows.Engine.Activities;
using Flows.Hub.Alerts;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Flows.Hub.Triggers.Watches;
using Flows.Hub.Triggers.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Keeps how triggers stand in step with what is published.</summary>
public sealed class TriggerStates(TimeProvider time, Signals signals, IEnumerable<IWatchKind> kinds)
{
    /// <summary>Told when triggers of a flow changed.</summary>
    public const string Topic = "triggers";

    /// <summary>Tells those of this process, once it is committed; the others are told with the commit.</summary>
    public void Tell() => signals.Wake(Topic, "");

    /// <summary>What keeps a trigger from firing, as far as that is known before.</summary>
    public IEnumerable<FlowProblem> ProblemsOf(FlowTrigger trigger)
    {
        var problems = Schedules.Has(trigger.ActivityType)
            ? Schedule.Of(trigger.ActivityType, trigger.Inputs).Problems
            : trigger.ActivityType == Stimulus.Alert ? new AlertFilter(trigger.Inputs).Problems
            : kinds.FirstOrDefault(kind => kind.ActivityType == trigger.ActivityType)?.ProblemsOf(trigger.Inputs) ?? [];
        return problems.Select(problem => new FlowProblem(ProblemLevel.Error, "bad-trigger", trigger.ActivityId, problem.Field, $"'{problem.Field}' of '{trigger.ActivityId}' {problem.Message}.", problem.Fix));
    }

    /// <summary>Turns on what is published now and off what is not. What a trigger has seen stays with it while its settings are the same.</summary>
    internal void Replace(FlowsDb db, FlowRow head, IReadOnlyList<FlowTrigger> triggers)
    {
        var known = db.Set<TriggerStateRow>().Where(row => row.DefinitionId == head.DefinitionId).ToList();
        foreach (var gone in known.Where(row => triggers.All(trigger => trigger.ActivityId != row.ActivityId))) TurnOff(gone);
        foreach (var trigger in triggers)
        {
            var row = known.Find(row => row.ActivityId == trigger.ActivityId)
                ?? db.Add(new TriggerStateRow { DefinitionId = head.DefinitionId, ActivityId = trigger.ActivityId, ActivityType = trigger.ActivityType, ProjectId = head.ProjectId }).Entity;
            row.Author = PublisherOf(head);
            TurnOn(row, trigger, head.PublishedVersion!.Value);
        }
        if (triggers.Count > 0) Inherit(db, head);
        signals.Send(db, Topic, "");
    }

    /// <summary>In whose name the triggers of a published flow start it.</summary>
    internal static string PublisherOf(FlowRow head) => head.Publisher ?? head.Author;

    // What waits to be started will run what is published now: it must not do so by the rights of whoever published before.
    private static void Inherit(FlowsDb db, FlowRow head)
    {
        var publisher = PublisherOf(head);
        var fires = db.Set<TriggerFireRow>().Where(row => row.DefinitionId == head.DefinitionId);
        db.Set<GatheredRow>().Where(row => fires.Any(fire => fire.State == FireState.Gathered && fire.RunId == row.RunId)).ExecuteUpdate(set => set.SetProperty(row => row.Author, publisher));
        fires.Where(row => row.State == FireState.Waiting || row.State == FireState.Starting).ExecuteUpdate(set => set.SetProperty(row => row.Author, publisher));
    }

    internal static void Remove(FlowsDb db, string definitionId)
    {
        db.Set<TriggerStateRow>().Where(row => row.DefinitionId == definitionId).ExecuteDelete();
        db.Set<TriggerFireRow>().Where(row => row.DefinitionId == definitionId).ExecuteDelete();
        db.Set<WebhookRow>().Where(row => row.DefinitionId == definitionId).ExecuteDelete();
    }

    private static void TurnOff(TriggerStateRow row)
    {
        if (row.IsOn) row.Revision++;
        (row.IsOn, row.NextAt, row.Error, row.ErrorAt) = (false, null, null, null);
    }

    private void TurnOn(TriggerStateRow row, FlowTrigger trigger, int version)
    {
        var settings = RunStore.Digest(trigger.ActivityType + trigger.Inputs.ToJsonString(ContractJson.Options));
        row.Version = version;
        if (row.IsOn && row.Settings == settings) return;
        // What happened while it was off, or to something else, fires nothing.
        (row.IsOn, row.ActivityType, row.Settings, row.Since, row.Cursor, row.Error, row.ErrorAt) = (true, trigger.ActivityType, settings, time.GetUtcNow(), null, null, null);
        row.Revision++;
        row.NextAt = Schedules.Has(trigger.ActivityType) ? Schedule.Of(trigger.ActivityType, trigger.Inputs).Next(row.Since, row.Since) : null;
    }
}
