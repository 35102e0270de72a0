using System.Globalization;
using System.Text;

namespace Flows.Library.Training;

/// <summary>Answers over truth as SVG: points on the line are right. At most 2,000 points, evenly chosen.</summary>
internal static class ScatterPicture
{
    private const int Size = 420;
    private const int Margin = 52;
    private const int Points = 2000;

    public static string Draw(IReadOnlyList<double> truths, IReadOnlyList<double> guesses)
    {
        var pairs = truths.Zip(guesses).Where(pair => double.IsFinite(pair.First) && double.IsFinite(pair.Second)).ToList();
        var (low, high) = pairs.Count == 0 ? (0, 1) : (pairs.Min(pair => Math.Min(pair.First, pair.Second)), pairs.Max(pair => Math.Max(pair.First, pair.Second)));
        if (high <= low) high = low + 1;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Size} {Size}" width="{Size}" height="{Size}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Answers over truth"><rect width="{Size}" height="{Size}" rx="10" fill="#ffffff"/>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{Margin}" y1="{Size - Margin}" x2="{Size - 20}" y2="20" stroke="#94a3b8" stroke-dasharray="5 4"/><path d="M{Margin} 20V{Size - Margin}H{Size - 20}" fill="none" stroke="#cbd5e1"/>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<g fill="#475569"><text x="{Size / 2}" y="{Size - 14}" text-anchor="middle">truth</text><text x="16" y="16">answer</text><text x="{Margin}" y="{Size - 34}">{low:G4}</text><text x="{Size - 20}" y="{Size - 34}" text-anchor="end">{high:G4}</text></g><g fill="#0f766e" fill-opacity="0.45">""");
        var stride = Math.Max(1, pairs.Count / Points);
        for (var index = 0; index < pairs.Count; index += stride)
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{Margin + Place(pairs[index].First):F1}" cy="{Size - Margin - Place(pairs[index].Second):F1}" r="2.5"/>""");
        return svg.Append("</g></svg>").ToString();

        double Place(double value) => (value - low) / (high - low) * (Size - Margin - 20);
    }
}
