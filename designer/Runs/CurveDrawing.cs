using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Tracking;

namespace Flows.Designer.Runs;

/// <summary>Curves as the points of SVG lines. What is no number is a gap.</summary>
public sealed class CurveDrawing
{
    private const double Edge = 3;

    private CurveDrawing(IReadOnlyList<IReadOnlyList<(double X, double Y)>> curves)
    {
        var numbers = curves.SelectMany(curve => curve).Where(point => double.IsFinite(point.Y)).ToList();
        if (numbers.Count == 0) return;
        var (left, right, low, high) = (numbers.Min(point => point.X), numbers.Max(point => point.X), numbers.Min(point => point.Y), numbers.Max(point => point.Y));
        Curves = [.. curves.Select(IReadOnlyList<string> (curve) => [.. Pieces(curve).Select(piece => string.Join(' ', piece.Select(point => Text(Place(point.X, left, right, Width), Height - Place(point.Y, low, high, Height)))))])];
    }

    public static double Width => 240;

    public static double Height => 72;

    /// <summary>The lines of each curve; empty where none has a number.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Curves { get; } = [];

    public IEnumerable<string> Lines => Curves.SelectMany(lines => lines);

    /// <summary>Several are drawn to one scale.</summary>
    public static CurveDrawing Of(params IReadOnlyList<MetricSeries> series) => new([.. series.Select(one => one.Points.Select(point => ((double)point.Step, point.Value)).ToList())]);

    /// <summary>A plot that was given as data: <c>{x: […], series: {name: […]}}</c>. Words on its x axis are counted.</summary>
    public static CurveDrawing Of(JsonObject plot)
    {
        var x = (plot["x"] as JsonArray ?? []).Select((value, place) => Number(value) ?? place).ToList();
        return new([.. (plot["series"] as JsonObject ?? []).Select(series => (series.Value as JsonArray ?? []).Take(x.Count).Select((value, place) => (x[place], Number(value) ?? double.NaN)).ToList())]);
    }

    private static IEnumerable<List<(double X, double Y)>> Pieces(IReadOnlyList<(double X, double Y)> curve)
    {
        var piece = new List<(double, double)>();
        foreach (var point in curve)
        {
            if (double.IsFinite(point.Y)) piece.Add(point);
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }
        if (piece.Count > 0) yield return piece;
    }

    private static double Place(double value, double from, double to, double room) => to > from ? Edge + (value - from) / (to - from) * (room - 2 * Edge) : room / 2;

    private static double? Number(JsonNode? value) => value is JsonValue given && given.TryGetValue<double>(out var number) ? number : null;

    private static string Text(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.##},{y:0.##}");
}
