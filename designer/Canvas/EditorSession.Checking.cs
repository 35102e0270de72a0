using Flows.Contract.Checks;

namespace Flows.Designer.Canvas;

/// <summary>Checks while one edits: a few milliseconds at a time, so that no gesture waits for them, however large the flow is.</summary>
public sealed partial class EditorSession
{
    // A frame has sixteen milliseconds, and the hand needs the most of them.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1), WhileHeld = TimeSpan.FromMilliseconds(50);

    private async Task CheckAsync()
    {
        var checking = _checking = new FlowChecking(Draft.Flow, Catalog);
        // An edit puts another in its place, or none: what is half checked is then of no use.
        while (_checking == checking)
        {
            var began = _time!.GetTimestamp();
            while (!IsHeld && _time.GetElapsedTime(began) < Slice)
            {
                if (checking.Go()) continue;
                Show(checking.Found);
                return;
            }
            await Task.Delay(IsHeld ? WhileHeld : Between, _time);
        }
    }

    private void Show(IReadOnlyList<FlowProblem> problems)
    {
        (Problems, _checking) = (problems, null);
        Changed?.Invoke();
    }
}
