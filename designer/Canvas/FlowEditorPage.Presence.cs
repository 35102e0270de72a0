using Flows.Contract.Flows;
using Flows.Designer.Canvas.Presence;

namespace Flows.Designer.Canvas;

/// <summary>Who else has the flow open.</summary>
public partial class FlowEditorPage
{
    private FlowPresence? presence;

    private IReadOnlyList<Visitor> Others => presence?.Others ?? [];

    private void BeginPresence()
    {
        presence = new FlowPresence(Api, Time, session!, saver!);
        presence.Changed += ShowOthers;
    }

    private void EndPresence()
    {
        if (presence is null) return;
        presence.Changed -= ShowOthers;
        presence.Dispose();
        presence = null;
    }

    private void ShowOthers() => _ = InvokeAsync(() =>
    {
        session?.ShowOthers(Others);
        StateHasChanged();
    });

    private async Task GoToVisitorAsync(Visitor visitor)
    {
        if (visitor.Selection.FirstOrDefault(id => session!.Draft.Find(id) is not null) is { } id) await GoToAsync(id);
        else session!.Say($"{VisitorLook.Name(visitor)} has nothing selected");
    }
}
