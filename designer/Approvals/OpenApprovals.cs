using Flows.Designer.Api;

namespace Flows.Designer.Approvals;

/// <summary>How many questions wait for somebody: the figure beside Approvals in the bar.</summary>
public sealed class OpenApprovals(FlowsApi api, Connection connection)
{
    public int Count { get; private set; }

    /// <summary>Whose answers these are, as long as nobody logs in.</summary>
    public string By { get; set; } = "local";

    public event Action? Changed;

    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        if (connection.IsLost) return;
        try { Take(await api.OpenApprovalsAsync(cancellation)); }
        // The figure is only a hint: the page says what is wrong.
        catch (ApiProblem) { Take(Count); }
    }

    private void Take(int count)
    {
        if (count == Count) return;
        Count = count;
        Changed?.Invoke();
    }
}
