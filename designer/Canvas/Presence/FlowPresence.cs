using System.Net;
using Flows.Contract.Flows;
using Flows.Designer.Api;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas.Presence;

/// <summary>
/// Tells the server every two seconds, and soon after the selection changed, that this page has the flow open; is told who else has. What somebody else
/// saved is taken into the draft. By requests, not by a stream: a browser holds six connections to a server, and each tab of a flow that runs has one already.
/// </summary>
public sealed class FlowPresence : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2), Soon = TimeSpan.FromMilliseconds(250);
    private readonly string _visitor = Guid.NewGuid().ToString("N");
    private readonly FlowsApi _api;
    private readonly EditorSession _session;
    private readonly DraftSaver _saver;
    private readonly ITimer _timer;
    private string _told = "";
    private bool _left;

    public FlowPresence(FlowsApi api, TimeProvider time, EditorSession session, DraftSaver saver)
    {
        (_api, _session, _saver) = (api, session, saver);
        _timer = time.CreateTimer(_ => _ = TellAsync(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        session.Changed += OnChanged;
    }

    public IReadOnlyList<Visitor> Others { get; private set; } = [];

    public event Action? Changed;

    private string Flow => _session.Draft.Flow.DefinitionId;

    private void OnChanged()
    {
        if (!_left && string.Join('\n', _session.Selection.Nodes) != _told) _timer.Change(Soon, Timeout.InfiniteTimeSpan);
    }

    private async Task TellAsync()
    {
        var selection = _session.Selection.Nodes.ToList();
        _told = string.Join('\n', selection);
        try { await TakeAsync(await _api.TellPresenceAsync(Flow, _visitor, selection)); }
        // The page itself says that the server is away, or that the flow is gone.
        catch (ApiProblem problem)
        {
            Show([]);
            if (problem.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) return;
        }
        if (!_left) _timer.Change(Beat, Timeout.InfiniteTimeSpan);
    }

    private async Task TakeAsync(PresenceNews news)
    {
        if (_left) return;
        Show(news.Others);
        await _saver.CatchUpAsync(news.Tag);
    }

    private void Show(IReadOnlyList<Visitor> others)
    {
        if (Others.Count == others.Count && Others.Zip(others).All(pair => Same(pair.First, pair.Second))) return;
        Others = others;
        Changed?.Invoke();
    }

    private static bool Same(Visitor one, Visitor other) => one.Id == other.Id && one.Selection.SequenceEqual(other.Selection);

    private async Task LeaveAsync()
    {
        try { await _api.LeaveAsync(Flow, _visitor); }
        catch (ApiProblem) { return; }
    }

    public void Dispose()
    {
        _left = true;
        _session.Changed -= OnChanged;
        _timer.Dispose();
        _ = LeaveAsync();
    }
}
