using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>Events become state: in the journal first.</summary>
public sealed partial class LiveRun
{
    /// <summary>Rebuilds the state from the journal; the effects that are still open are carried out again when it runs.</summary>
    public void Replay(IReadOnlyList<byte[]> events)
    {
        // Written once more: the server that journalled them may have died before it could.
        var records = new List<Contract.Provenance.AttemptRecord>();
        foreach (var body in events) Applied(JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!, records);
        _company.Records.KeepMissing(Row, records);
        _seq = events.Count;
        _news.Take(isWatched: false);
    }

    /// <summary>Enters the journal as its new owner: whoever wrote it until now is refused from here on.</summary>
    /// <exception cref="JournalTaken">The earlier owner wrote on meanwhile; what it wrote has to be read first.</exception>
    public Task SucceedAsync(string owner) => DecideAsync([new Letter(new RunEvent.OwnerChanged(owner), null)]);

    // Journal first, then effects: after a crash a step may be done twice, but no result is ever forgotten.
    private async Task<IReadOnlyList<RunEffect>> DecideAsync(List<Letter> letters)
    {
        if (letters.Count == 0) return [];
        var events = letters.ConvertAll(letter => letter.Event! with { At = _company.Time.GetUtcNow() });
        var bodies = events.ConvertAll(happened => JsonSerializer.SerializeToUtf8Bytes(happened, ContractJson.Options));
        var effects = new List<RunEffect>();
        WaitChanges waits;
        lock (_gate)
        {
            foreach (var happened in events) effects.AddRange(Applied(happened, _recorded));
            waits = _state.TakeWaitChanges();
        }
        try { await JournalAsync(bodies, waits); }
        catch
        {
            foreach (var letter in letters) letter.Journalled?.TrySetResult(false);
            throw;
        }
        foreach (var ended in events.OfType<RunEvent.StepEnded>()) await _company.Cache.EndedAsync(Row, ended);
        Publish();
        return effects;
    }

    // What the engine does itself has no facts, and costs nothing here.
    private IReadOnlyList<RunEffect> Applied(RunEvent happened, List<Contract.Provenance.AttemptRecord> records)
    {
        if (happened is not RunEvent.StepEnded { Result.Facts: not null } ended || !_state.Accepts(ended)) return _state.Apply(happened).Effects;
        var before = _state.Step(ended.Step);
        var effects = _state.Apply(happened).Effects;
        records.Add(Records.AttemptReading.Of(Row, before, _state.Step(ended.Step).Inputs, ended));
        return effects;
    }

    private async Task JournalAsync(List<byte[]> bodies, WaitChanges waits)
    {
        await _company.Waiting.KeepAsync(Row, waits.Came);
        await _company.Journal.AppendAsync(Row.Id, _seq, bodies);
        _seq += bodies.Count;
        await _company.Approvals.FollowAsync(this, waits);
        if (_state.Status != RunStatus.Finished) _ = _company.Waiting.ForgetAsync(waits.Gone);
    }

    private void Publish()
    {
        IReadOnlyList<(string Kind, object Data)> news;
        lock (_gate) news = _news.Take(Feed.IsWatched);
        Feed.Publish(news);
    }
}
