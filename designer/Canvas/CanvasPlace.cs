using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>Places in a file that can be drawn. One of 1e308 would throw the whole drawing off: such a node counts as one that nobody has laid out.</summary>
public static class CanvasPlace
{
    private const double Farthest = 1e7;

    public static (double X, double Y)? Of(FlowActivity activity) => activity.Position is { } at && IsNear(at.X) && IsNear(at.Y) ? at : null;

    /// <param name="otherwise">What stands for a number that is missing or cannot be drawn.</param>
    public static double Sane(double? number, double otherwise) => number is { } there && IsNear(there) ? there : otherwise;

    // False for what is no number.
    private static bool IsNear(double number) => Math.Abs(number) < Farthest;
}
