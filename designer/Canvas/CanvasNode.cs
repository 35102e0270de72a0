using System.Runtime.CompilerServices;

namespace Flows.Designer.Canvas;

public enum PortSide { ControlIn, ControlOut, DataIn, DataOut }

/// <param name="Name">Outcome, input or output.</param>
/// <param name="X">Centre, relative to the node's corner.</param>
public sealed record CanvasPort(PortSide Side, string Name, string Label, string Type, double X, double Y)
{
    public bool Required { get; init; }

    public bool IsInput => Side is PortSide.ControlIn or PortSide.DataIn;

    public bool IsData => Side is PortSide.DataIn or PortSide.DataOut;

    public string SideName => Side switch { PortSide.DataIn => "in", PortSide.DataOut => "out", _ => "control" };

    public string Key(string node) => $"{node}/{SideName}/{Name}";
}

/// <summary>A node as it is drawn. Compared by reference: a node that did not change is the same object.</summary>
public sealed record CanvasNode
{
    public const double Width = 210, Head = 46, Row = 22;

    public required string Id { get; init; }

    public required string Type { get; init; }

    public required string Title { get; init; }

    public required string Kind { get; init; }

    public required string Category { get; init; }

    public required double X { get; init; }

    public required double Y { get; init; }

    public required double Height { get; init; }

    public required IReadOnlyList<CanvasPort> Ports { get; init; }

    public required IReadOnlyList<(string Input, string Variable)> Reads { get; init; }

    public required IReadOnlyList<(string Output, string Variable)> Writes { get; init; }

    /// <summary>False for a placeholder of an activity that this server does not have.</summary>
    public bool IsKnown { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>Runs from the editor take what is pinned in place of carrying it out.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Embedded bodies by slot: they can be entered.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    public CanvasPort? Port(PortSide side, string name)
    {
        foreach (var port in Ports)
            if (port.Side == side && port.Name == name) return port;
        return null;
    }

    public bool Equals(CanvasNode? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

public enum WireKind { Control, Data }

/// <param name="Type">Port type of a data wire; empty for control.</param>
public sealed record CanvasWire(WireKind Kind, string Source, string SourcePort, string Target, string TargetPort, string Type, double X1, double Y1, double X2, double Y2)
{
    private string? key;

    /// <summary>The folded group that its beginning is drawn at; else its source.</summary>
    public string DrawnFrom { get => field ?? Source; init; }

    public string DrawnTo { get => field ?? Target; init; }

    /// <summary>Longer than most screens: drawn without dots, which would cost more than all else.</summary>
    public bool IsLong => Math.Abs(X2 - X1) + Math.Abs(Y2 - Y1) > 1500;

    public string Key => key ??= $"{Kind}|{Source}|{SourcePort}|{Target}|{TargetPort}";

    public bool Equals(CanvasWire? other) => other is not null && Kind == other.Kind && Type == other.Type
        && (Source, SourcePort, Target, TargetPort) == (other.Source, other.SourcePort, other.Target, other.TargetPort)
        && (X1, Y1, X2, Y2) == (other.X1, other.Y1, other.X2, other.Y2);

    public override int GetHashCode() => HashCode.Combine(Source, SourcePort, Target, TargetPort);
}
