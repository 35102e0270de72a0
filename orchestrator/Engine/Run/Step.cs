using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Engine.Graph;

namespace Flows.Engine.Run;

/// <summary>One execution of one activity: a node of the run's tree.</summary>
internal sealed class Step(int id, Node node, Step? parent)
{
    public int Id { get; } = id;

    public Node Node { get; } = node;

    public Step? Parent { get; } = parent;

    public StepStatus Status { get; set; } = StepStatus.Running;

    public int Attempt { get; set; } = 1;

    /// <summary>Owners that the run had since the current attempt was heard of last.</summary>
    public int Successions { get; set; }

    /// <summary>When it was handed to the host, among all steps: a new owner hands them out in the same order.</summary>
    public int Turn { get; set; }

    public DateTimeOffset QueuedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Runner { get; set; }

    public JsonObject? Inputs { get; set; }

    public JsonObject? Outputs { get; set; }

    public IReadOnlyList<string>? Outcomes { get; set; }

    /// <summary>Which of its values its record shows.</summary>
    public LogPersistence Shown => Node.Shown ??= LogPersistence.Of(Node.Activity, Workflow().Node.Definition!);

    /// <summary>What expressions decided about that.</summary>
    public IReadOnlyDictionary<string, bool>? Decided { get; set; }

    /// <summary>A job that is done; what it led to inside of it is not.</summary>
    public bool IsAnswered { get; set; }

    public IReadOnlyDictionary<string, double>? Metrics { get; set; }

    public StepEnvironment? Environment { get; set; }

    public ResourceUse? Used { get; set; }

    public Contract.Provenance.StepFacts? Facts { get; set; }

    public string? Fault { get; set; }

    /// <summary>Faults of earlier attempts.</summary>
    public IReadOnlyList<StepFault> EarlierFaults { get; set; } = [];

    /// <summary>Its bookmark is the delay before its next attempt.</summary>
    public bool WaitsToRetry { get; set; }

    /// <summary>Why it stopped before it began, in a run that is debugged.</summary>
    public Halt? Halt { get; set; }

    public bool IsHalted => Halt is not null;

    /// <summary>The flow says what it gives.</summary>
    public bool Pinned { get; set; }

    /// <summary>Faulted, but something around it, or its own policy, dealt with that: nobody has to wait for it.</summary>
    public bool IsHandled { get; set; }

    public Variables? Variables { get; set; }

    /// <summary>What a flowchart knows about its connections while it runs.</summary>
    public Chart? Chart { get; set; }

    /// <summary>What a loop or another container counts.</summary>
    public Progress? Progress { get; set; }

    /// <summary>Names the step in every run of the flow; only in runs that go on from another.</summary>
    public string? Key { get; set; }

    /// <summary>Its result was kept from an earlier run.</summary>
    public bool Cached { get; set; }

    /// <summary>The run whose result it has; null for its own.</summary>
    public string? CachedFrom { get; set; }

    /// <summary>Something before it was done anew, so that it has to be too.</summary>
    public bool IsStale { get; set; }

    /// <summary>Steps that begin in it from now on are stale.</summary>
    public bool IsStaleInside { get; set; }

    /// <summary>Where a TryCatch stands.</summary>
    public Guarded? Guarded { get; set; }

    /// <summary>Runs of their own that the step started.</summary>
    public Offspring? Offspring { get; set; }

    public string? BookmarkId { get; set; }

    public int BookmarkNumber { get; set; }

    /// <summary>Scheduled over a loop's backward connection.</summary>
    public bool Backward { get; set; }

    /// <summary>The parent still waits for this step's completion.</summary>
    public bool HasCallback { get; set; } = true;

    public bool IsBreaking { get; set; }

    /// <summary>Changed since the host last asked.</summary>
    public bool Touched { get; set; }

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    // Children as a linked list: most steps have none, and those that came to their end leave it, so that nobody walks past them.
    private Step? _firstChild;
    private Step? _lastChild;
    private Step? _nextSibling;
    private Step? _previousSibling;

    public int RunningChildren { get; set; }

    public int FaultedChildren { get; set; }

    /// <summary>Children that wait in the queue.</summary>
    public int Scheduled { get; set; }

    /// <summary>Last step with outputs of each child activity, for expressions that read them.</summary>
    public Dictionary<string, Step>? Results { get; set; }

    public JsonNode? LastResult { get; set; }

    public bool IsRunning => Status is StepStatus.Running or StepStatus.Suspended or StepStatus.Queued;

    public bool IsOver => Status is StepStatus.Completed or StepStatus.Canceled || IsHandled;

    /// <summary>Faulted, and the containers around it cannot complete because of it.</summary>
    public bool HoldsFault => Status == StepStatus.Faulted && !IsHandled;

    public void Add(Step child)
    {
        if (_lastChild is null) _firstChild = child;
        else (_lastChild._nextSibling, child._previousSibling) = (child, _lastChild);
        _lastChild = child;
    }

    /// <summary>A child completed or was cancelled: nothing in it can change any more.</summary>
    public void Leave(Step child)
    {
        if (child._previousSibling is { } before) before._nextSibling = child._nextSibling;
        else if (_firstChild == child) _firstChild = child._nextSibling;
        if (child._nextSibling is { } after) after._previousSibling = child._previousSibling;
        else if (_lastChild == child) _lastChild = child._previousSibling;
        (child._previousSibling, child._nextSibling) = (null, null);
    }

    /// <summary>Children that are under way or faulted.</summary>
    public IEnumerable<Step> Children()
    {
        for (var child = _firstChild; child is not null; child = child._nextSibling) yield return child;
    }

    public Variable? FindVariable(string idOrName)
    {
        for (var step = this; step is not null; step = step.Parent)
        {
            if (step.Variables?.ById(idOrName) is { } byId) return byId;
        }
        for (var step = this; step is not null; step = step.Parent)
        {
            if (step.Variables?.ByName(idOrName) is { } byName) return byName;
        }
        return null;
    }

    public Step? Enclosing(Behaviour behaviour)
    {
        var step = Parent;
        while (step is not null && step.Node.Behaviour != behaviour) step = step.Parent;
        return step;
    }

    /// <summary>The step of the definition that this step belongs to.</summary>
    public Step Workflow() => Node.Behaviour == Behaviour.Workflow ? this : Enclosing(Behaviour.Workflow) ?? this;
}

/// <summary>A container's progress: where it stands among its items.</summary>
internal sealed class Progress
{
    public int Next { get; set; }

    public int Done { get; set; }

    public IReadOnlyList<JsonNode?> Items { get; set; } = [];

    public double Current { get; set; }

    /// <summary>Passes that ended in a fault.</summary>
    public int Faulted { get; set; }
}

/// <summary>Something that waits its turn: a child to start, or a suspended step to resume.</summary>
internal readonly record struct Work(Node Node, Step Owner, Variables? Variables = null, bool Backward = false, Step? Resumes = null, JsonNode? Input = null);
