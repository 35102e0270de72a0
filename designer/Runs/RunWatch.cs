using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Api;

namespace Flows.Designer.Runs;

/// <summary>A run as its page knows it: the record, kept up to date by the run's events. No browser needed.</summary>
public sealed class RunWatch
{
    /// <summary>Log lines kept in the page; older ones are dropped from view.</summary>
    public const int LogLimit = 20_000;

    public static IReadOnlyList<string> EventNames { get; } = ["record", "step", "run", "log", "line", "end"];

    private readonly Dictionary<string, int> _places = [];
    private readonly List<StepRecord> _steps = [];
    private readonly List<LogLine> _logs = [];
    private readonly List<string> _lines = [];
    private IReadOnlyDictionary<string, StepRecord>? _latest;
    private IReadOnlyList<(StepRecord, string, Artifact)>? _artifacts;

    public RunRecord? Record { get; private set; }

    public IReadOnlyList<StepRecord> Steps => _steps;

    /// <summary>Another number whenever a step has changed: what is made of the steps is made anew.</summary>
    public int Revision { get; private set; }

    public IReadOnlyList<LogLine> Logs => _logs;

    /// <summary>Number of the newest line of the log; 0 for none.</summary>
    public long LastLog { get; private set; }

    public IReadOnlyList<string> Lines => _lines;

    public bool HasEnded { get; private set; }

    /// <summary>The run's steps changed while the record was read from the events: its end gives a last full reading.</summary>
    public void Apply(StreamEvent happened)
    {
        switch (happened.Name)
        {
            case "record": Take(Read<RunRecord>(happened)); break;
            case "step": Put(Read<StepRecord>(happened)); break;
            case "run": Advance(Read<RunSummary>(happened)); break;
            case "log": AddLogs([Read<LogLine>(happened)]); break;
            case "line": _lines.Add(Read<JsonObject>(happened).Text("text") ?? string.Empty); break;
            case "end": HasEnded = true; break;
        }
    }

    public void Take(RunRecord record)
    {
        Record = record;
        _steps.Clear();
        _places.Clear();
        (_latest, _artifacts) = (null, null);
        Revision++;
        foreach (var step in record.Steps) Put(step);
        _lines.Clear();
        _lines.AddRange(record.Lines);
        HasEnded = record.Status == RunStatus.Finished;
    }

    public void AddLogs(IReadOnlyList<LogLine> lines)
    {
        foreach (var line in lines.Where(line => line.Seq > LastLog))
        {
            _logs.Add(line);
            LastLog = line.Seq;
        }
        if (_logs.Count > LogLimit) _logs.RemoveRange(0, _logs.Count - LogLimit);
    }

    /// <summary>The newest step of each activity: what the drawing shows.</summary>
    public IReadOnlyDictionary<string, StepRecord> LatestByActivity() => _latest ??= Latest();

    private Dictionary<string, StepRecord> Latest()
    {
        var latest = new Dictionary<string, StepRecord>();
        foreach (var step in _steps) latest[step.ActivityId] = step;
        return latest;
    }

    public StepRecord? Find(string stepId) => _places.TryGetValue(stepId, out var place) ? _steps[place] : null;

    /// <summary>Steps that stopped before they began.</summary>
    public IReadOnlyList<StepRecord> Halted => [.. _steps.Where(step => step.Halt is not null)];

    /// <summary>A run that this one waits for, while both are debugged; null when there is none.</summary>
    public string? WaitsFor => Record?.Debug is null ? null : _steps.LastOrDefault(step => step is { Status: StepStatus.Suspended or StepStatus.Running, Halt: null, ChildRuns.Count: > 0 })?.ChildRuns![^1];

    /// <summary>Every artifact that a step gave, newest last.</summary>
    public IReadOnlyList<(StepRecord Step, string Output, Artifact Artifact)> Artifacts() => _artifacts ??=
        [.. from step in _steps
            from output in step.Outputs ?? []
            let artifact = Artifact.From(output.Value)
            where artifact is not null
            select (step, output.Key, artifact)];

    /// <summary>Figures by activity, those of the latest step, what ended last first.</summary>
    public IReadOnlyList<(StepRecord Step, string Name, double Value)> Metrics() =>
        [.. from step in LatestByActivity().Values.OrderByDescending(step => step.FinishedAt)
            where step.Metrics is not null
            from metric in step.Metrics!
            select (step, metric.Key, metric.Value)];

    private void Put(StepRecord step)
    {
        (_latest, _artifacts) = (null, null);
        Revision++;
        if (_places.TryGetValue(step.StepId, out var place)) _steps[place] = step;
        else
        {
            _places[step.StepId] = _steps.Count;
            _steps.Add(step);
        }
    }

    private void Advance(RunSummary run)
    {
        if (Record is null) return;
        Record = Record with { Status = run.Status, SubStatus = run.SubStatus, FinishedAt = run.FinishedAt };
    }

    private static T Read<T>(StreamEvent happened) where T : class =>
        JsonSerializer.Deserialize<T>(happened.Data, FlowsApi.Reading) ?? throw new JsonException($"Event {happened.Name} is empty.");
}
