using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Engine.Run;

/// <summary>One run that a step started.</summary>
internal sealed class Child(ChildRun run)
{
    public ChildRun Run { get; } = run;

    public bool IsStarted { get; set; }

    public RunSubStatus? End { get; set; }

    public JsonObject Output { get; set; } = [];

    /// <summary>Lines of it that are among the parent's already.</summary>
    public int Lines { get; set; }
}

/// <summary>The runs that a step started, in the order of its items.</summary>
internal sealed class Offspring(IReadOnlyList<ChildRun> runs, bool waits)
{
    private readonly Dictionary<string, Child> _byId = runs.ToDictionary(run => run.RunId, run => new Child(run));

    public IReadOnlyCollection<Child> All => _byId.Values;

    /// <summary>The step goes on only when all of them are over.</summary>
    public bool Waits { get; } = waits;

    public int Unstarted { get; set; } = runs.Count;

    public int Unended { get; set; } = runs.Count;

    /// <summary>Activities that are run for a child that ended, and are not done.</summary>
    public int Handling { get; set; }

    /// <summary>The step does not know yet whether its run is over or waits.</summary>
    public bool AwaitsSettling { get; set; } = runs.Any(run => run.Report == ChildReport.Settled);

    public Child? Find(string runId) => _byId.GetValueOrDefault(runId);
}
