using System.Text.Json.Nodes;

namespace Flows.Contract.Provenance.Graphs;

/// <summary>Which way a trace is followed: to what a thing came from, to what came of it, or both.</summary>
public enum TraceDirection { Back, Forward, Both }

/// <summary>Kinds of things in a trace, as <c>/api/trace/{kind}/{id}</c> names them.</summary>
public static class TraceKinds
{
    public const string Run = "run";

    /// <summary>One execution of an activity; its id begins with the run's.</summary>
    public const string Step = "step";

    /// <summary>Stored bytes; its id is their SHA-256.</summary>
    public const string Artifact = "artifact";

    /// <summary>A version of a data set; its id is <c>NAME:VERSION</c>.</summary>
    public const string DataSet = "dataset";

    /// <summary>A version of a model; its id is <c>NAME:VERSION</c>.</summary>
    public const string ModelVersion = "modelVersion";

    public const string Deployment = "deployment";

    /// <summary>One answer of a deployment; its id is the request's.</summary>
    public const string Prediction = "prediction";

    /// <summary>Where raw data was read from: an address or a path. It is named, and can not be asked for.</summary>
    public const string Source = "source";

    /// <summary>A run that another program told of; its id is the run's UUID, or namespace and name of a job without runs.</summary>
    public const string OutsideRun = "outsideRun";

    /// <summary>Data that another program told of; its id is namespace and name, with a space between.</summary>
    public const string OutsideData = "outsideData";
}

/// <summary>What a thing came from and what came of it, as far as its project may be read: <c>GET /api/trace/{kind}/{id}</c>.</summary>
/// <param name="Subject">Key of the node that was asked for.</param>
public sealed record Trace(string Subject)
{
    public TraceDirection Direction { get; init; }

    /// <summary>Each once, the subject first, then the nearer ones before the farther ones.</summary>
    public IReadOnlyList<TraceNode> Nodes { get; init; } = [];

    public IReadOnlyList<TraceLink> Links { get; init; } = [];

    /// <summary>Keys of artifacts whose bytes are no longer what they were, or gone; null when nobody looked.</summary>
    public IReadOnlyList<string>? Damaged { get; init; }

    /// <summary>There is more than the depth or the number of nodes allowed.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A thing in a trace.</summary>
public sealed record TraceNode(string Kind, string Id)
{
    /// <summary>How links name it.</summary>
    public string Key => KeyOf(Kind, Id);

    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>When it was made, or began.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Who made it.</summary>
    public string? By { get; init; }

    /// <summary>What is recorded of it.</summary>
    public JsonObject Facts { get; init; } = [];

    /// <summary>Whether its bytes are what they were; null when nobody looked, or it has none.</summary>
    public TraceIntegrity? Integrity { get; init; }

    /// <summary>Why it is not to be used; null when it may be.</summary>
    public string? Quarantine { get; init; }

    public static string KeyOf(string kind, string id) => $"{kind}/{id}";
}

public enum TraceIntegrity { Whole, Damaged, Missing }

/// <summary>That one thing came of another.</summary>
/// <param name="From">Key of what was there first.</param>
/// <param name="To">Key of what came of it.</param>
/// <param name="Role">What it was to it: a port's name, <c>code</c>, <c>packages</c>, <c>made</c>, <c>version</c> …</param>
public sealed record TraceLink(string From, string To, string Role);
