using Flows.Contract.Runs;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Web;

namespace Flows.Hub.Starts;

/// <summary>Starts runs whose ids were written down before: however often that is tried, and by whom, there is one run.</summary>
public sealed class StartOnce(RunHost host, RunStore runs, IFlowLookup flows)
{
    public string NewId() => host.NewId();

    /// <returns>Why it cannot be started; null when it is.</returns>
    public async Task<string?> StartAsync(string definitionId, RunRequest request, RunOrigin origin, CancellationToken cancellation)
    {
        var id = origin.RunId!;
        if (await runs.FindAsync(id, cancellation) is not null) return null;
        if (await flows.RunnableAsync(definitionId, draft: false, cancellation) is not { } definition) return $"There is no published flow '{definitionId}'.";
        try
        {
            await host.StartAsync(definition, request, origin);
            return null;
        }
        catch (RequestFault refused) { return string.Join(' ', refused.Problems.Select(problem => problem.Message).Prepend(refused.Message)); }
        catch when (host.Find(id) is null && runs.FindAsync(id, cancellation).GetAwaiter().GetResult() is not null) { return null; }
    }
}
