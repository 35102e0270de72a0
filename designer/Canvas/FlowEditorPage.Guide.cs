using Flows.Designer.Canvas.FirstFlow;

namespace Flows.Designer.Canvas;

/// <summary>The guide through a first flow: looks after each rendering at what was done.</summary>
public partial class FlowEditorPage
{
    private GuideMemory guideMemory = null!;
    private FirstFlowGuide? guide;
    private GuideMode guideMode;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (session is null || guide?.Current is null || guideMode != GuideMode.Open) return;
        if (!guide.Look(new GuideView(session, watch?.Record, panelOpen ? panel : null))) return;
        // Whoever comes to the end has seen it: only the last words still stand there.
        await KeepGuideAsync(guide.Current is null ? GuideMode.Over : GuideMode.Open);
        StateHasChanged();
    }

    private async Task OpenGuideAsync()
    {
        guideMemory = new GuideMemory(Js);
        guide = null;
        if (await guideMemory.RecallAsync() is { Mode: not GuideMode.Over } kept && kept.Flow == DefinitionId) (guide, guideMode) = (new FirstFlowGuide(kept.Reached), kept.Mode);
    }

    private async Task BeginGuideAsync()
    {
        (guide, guideMode) = (new FirstFlowGuide(), GuideMode.Open);
        await KeepGuideAsync(GuideMode.Open);
    }

    private async Task SetGuideAsync(GuideMode mode)
    {
        guideMode = mode;
        await KeepGuideAsync(mode);
        if (mode == GuideMode.Over) guide = null;
        await canvas!.FocusAsync();
    }

    private Task KeepGuideAsync(GuideMode mode) => guideMemory.KeepAsync(new GuideState(DefinitionId, guide!.Reached, mode));
}
