using System.Globalization;

namespace Flows.Designer.Canvas;

/// <summary>The shape of a wire. <c>canvas.js</c> draws the same one while a gesture lasts.</summary>
public static class Curve
{
    public static string Path(double x1, double y1, double x2, double y2)
    {
        var reach = x2 >= x1 ? Math.Max(30, (x2 - x1) / 2) : Math.Min(160, 50 + (x1 - x2) / 3);
        return string.Create(CultureInfo.InvariantCulture, $"M{x1:0.#} {y1:0.#}C{x1 + reach:0.#} {y1:0.#} {x2 - reach:0.#} {y2:0.#} {x2:0.#} {y2:0.#}");
    }

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
