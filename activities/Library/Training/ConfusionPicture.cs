using System.Globalization;
using System.Net;
using System.Text;

namespace Flows.Library.Training;

/// <summary>A confusion matrix as SVG: true classes down, answers across, darker for more; right answers green, wrong ones red.</summary>
internal static class ConfusionPicture
{
    private const int Cell = 46;
    private const int Left = 96;
    private const int Top = 62;
    private const int Shown = 30;

    public static string Draw(ConfusionMatrix matrix)
    {
        var count = Math.Min(Shown, matrix.Classes.Count);
        var (width, height) = (Left + count * Cell + 20, Top + count * Cell + 20);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Confusion matrix">""");
        svg.Append(CultureInfo.InvariantCulture, $"""<rect width="{width}" height="{height}" rx="10" fill="#ffffff"/><text x="{Left}" y="22" fill="#475569">answered</text><text x="14" y="{Top - 12}" fill="#475569">truth</text>""");
        for (var row = 0; row < count; row++) DrawRow(svg, matrix, row, count);
        return svg.Append("</svg>").ToString();
    }

    private static void DrawRow(StringBuilder svg, ConfusionMatrix matrix, int row, int count)
    {
        var (y, total) = (Top + row * Cell, Math.Max(1, matrix.Counts[row].Sum()));
        var name = WebUtility.HtmlEncode(Short(matrix.Classes[row]));
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left - 10}" y="{y + 28}" text-anchor="end" fill="#0f172a">{name}</text><text x="{Left + row * Cell + Cell / 2}" y="{Top - 12}" text-anchor="middle" fill="#0f172a">{name}</text>""");
        for (var column = 0; column < count; column++)
        {
            var value = matrix.Counts[row][column];
            var share = value == 0 ? 0 : 0.18 + 0.82 * value / total;
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{Left + column * Cell + 1}" y="{y + 1}" width="{Cell - 2}" height="{Cell - 2}" rx="6" fill="#f1f5f9"/>""");
            if (value == 0) continue;
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{Left + column * Cell + 1}" y="{y + 1}" width="{Cell - 2}" height="{Cell - 2}" rx="6" fill="{(row == column ? "#0f766e" : "#be123c")}" fill-opacity="{share:F2}"/>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left + column * Cell + Cell / 2}" y="{y + 28}" text-anchor="middle" fill="{(share > 0.5 ? "#ffffff" : "#0f172a")}">{value}</text>""");
        }
    }

    private static string Short(string name) => name.Length > 11 ? name[..10] + "…" : name;
}
