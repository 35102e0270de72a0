using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>Where one is in the flow: links that open it there, and notes that are put there.</summary>
public partial class FlowEditorPage
{
    /// <summary>Ids that the address asks to select.</summary>
    [Microsoft.AspNetCore.Components.SupplyParameterFromQuery(Name = "select")]
    public string? Wanted { get; set; }

    private async Task CopyLinkAsync()
    {
        await ModuleAsync("copy", Navigation.ToAbsoluteUri($"flows/{Uri.EscapeDataString(DefinitionId)}?select={Uri.EscapeDataString(string.Join(',', session!.Selection.Nodes))}").ToString());
        session.Say("The link is in the clipboard");
        Toasts.Info("Link copied", "It opens the flow with this selected.");
    }

    /// <summary>Selects and shows what the address asks for; what is gone is left out.</summary>
    private async Task ShowWantedAsync()
    {
        if (Wanted?.Split(',') is not { Length: > 0 } ids || !session!.GoTo(ids[0])) return;
        session.Select(ids.Where(session.Graph.Has));
        await canvas!.FitAsync(session.Selection.Nodes);
    }

    private async Task RevealChosenAsync()
    {
        if (session!.Selection.Last is { } id) await canvas!.RevealAsync(id);
    }

    private void AddNote()
    {
        var seen = canvas!.Seen;
        session!.AddNote(seen.X + seen.Width / 2 - 120, seen.Y + 40 / seen.Zoom);
    }
}
