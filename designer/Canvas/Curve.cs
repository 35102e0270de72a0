using System.Globalization;

namespace Flows.Designer.Canvas;

/// <summary>The shape of a wire. <c>canvas.js</c> draws the same one while a gesture lasts.</summary>
public static class Curve
{
    private const double Turn = 46, Above = 130, Below = 90;

    public static string Path(double x1, double y1, double x2, double y2)
    {
        if (x2 < x1) return Back(x1, y1, x2, y2);
        var reach = Math.Max(30, (x2 - x1) / 2);
        return string.Create(CultureInfo.InvariantCulture, $"M{x1:0.#} {y1:0.#}C{x1 + reach:0.#} {y1:0.#} {x2 - reach:0.#} {y2:0.#} {x2:0.#} {y2:0.#}");
    }

    public static string Straight(double x1, double y1, double x2, double y2) =>
        string.Create(CultureInfo.InvariantCulture, $"M{x1:0} {y1:0}L{x2:0} {y2:0}");

    // A wire that goes back turns round, runs level between the rows and turns into its target, instead of crossing nodes.
    private static string Back(double x1, double y1, double x2, double y2)
    {
        var level = Level(y1, y2);
        return string.Create(CultureInfo.InvariantCulture,
            $"M{x1:0.#} {y1:0.#}C{x1 + Turn:0.#} {y1:0.#} {x1 + Turn:0.#} {level:0.#} {x1:0.#} {level:0.#}L{x2:0.#} {level:0.#}C{x2 - Turn:0.#} {level:0.#} {x2 - Turn:0.#} {y2:0.#} {x2:0.#} {y2:0.#}");
    }

    private static double Level(double y1, double y2) =>
        Math.Abs(y2 - y1) < Below ? Math.Max(y1, y2) + Below : y2 - Math.Sign(y2 - y1) * Math.Min(Math.Abs(y2 - y1) / 2, Above);

    /// <summary>Where a wire's note stands.</summary>
    public static (double X, double Y) Middle(double x1, double y1, double x2, double y2) => ((x1 + x2) / 2, x2 < x1 ? Level(y1, y2) : (y1 + y2) / 2);

    /// <summary>Whether two straight lines cross.</summary>
    public static bool Cross((double X, double Y) a, (double X, double Y) b, (double X, double Y) c, (double X, double Y) d) =>
        Side(a, b, c) != Side(a, b, d) && Side(c, d, a) != Side(c, d, b);

    private static int Side((double X, double Y) from, (double X, double Y) to, (double X, double Y) at) =>
        Math.Sign((to.X - from.X) * (at.Y - from.Y) - (to.Y - from.Y) * (at.X - from.X));

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
