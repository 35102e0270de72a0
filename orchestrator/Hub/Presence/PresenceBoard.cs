using Flows.Contract.Flows;

namespace Flows.Hub.Presence;

/// <summary>
/// Who has which flow open, as pages tell it again and again. In this server's memory only: with several servers behind one address
/// each shows those that talk to it. Bounded: so many pages for a flow, so many nodes of a selection.
/// </summary>
public sealed class PresenceBoard(TimeProvider time)
{
    /// <summary>A page that has not told itself for so long is gone.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromSeconds(20);

    private const int MostVisitors = 50, MostSelected = 200;

    private readonly Dictionary<string, List<Seen>> _rooms = [];
    private readonly Lock _turn = new();

    /// <summary>Takes note of a visitor; the others at the flow, who came first first.</summary>
    public IReadOnlyList<Visitor> See(string definitionId, Visitor visitor)
    {
        var now = time.GetUtcNow();
        lock (_turn)
        {
            var room = Swept(definitionId, now);
            var at = room.FindIndex(seen => IsOf(seen, visitor.Id, visitor.Name));
            var there = new Seen(visitor with { Selection = [.. visitor.Selection.Take(MostSelected)] }, now);
            if (at >= 0) room[at] = there;
            else room.Add(there);
            if (room.Count > MostVisitors) room.RemoveAt(0);
            _rooms[definitionId] = room;
            return [.. room.Where(seen => !IsOf(seen, visitor.Id, visitor.Name)).Select(seen => seen.Visitor)];
        }
    }

    public void Leave(string definitionId, string visitor, string name)
    {
        lock (_turn)
        {
            if (!_rooms.TryGetValue(definitionId, out var room)) return;
            room.RemoveAll(seen => IsOf(seen, visitor, name));
            if (room.Count == 0) _rooms.Remove(definitionId);
        }
    }

    // Rooms that nobody looks into any more are swept with whichever is.
    private List<Seen> Swept(string definitionId, DateTimeOffset now)
    {
        foreach (var (id, room) in _rooms)
        {
            room.RemoveAll(seen => now - seen.At > Stay);
            if (room.Count == 0) _rooms.Remove(id);
        }
        return _rooms.GetValueOrDefault(definitionId) ?? [];
    }

    // Nobody speaks for a page of somebody else.
    private static bool IsOf(Seen seen, string visitor, string name) => seen.Visitor.Id == visitor && seen.Visitor.Name == name;

    private sealed record Seen(Visitor Visitor, DateTimeOffset At);
}
