using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;

namespace Flows.Hub.Cli;

/// <summary>A digit that the demo's model has not seen: the first held-back row of the run's split.</summary>
internal static class DemoDigit
{
    private const int Side = 8;

    public static async Task<(JsonObject Row, string Truth)> HeldBackAsync(HubClient client, RunRecord record)
    {
        var split = record.Steps.Last(step => step.ActivityType == "Flows.SplitRows");
        var test = Artifact.From(split.Outputs!["test"])!;
        var preview = await client.GetAsync<ArtifactPreview>($"/api/previews/{test.Sha256}?kind=Table&name={Uri.EscapeDataString(test.Name)}");
        var row = new JsonObject();
        foreach (var (column, value) in preview.Columns!.Zip(preview.Sample![0])) row[column.Name] = value?.DeepClone();
        var label = record.Steps.Last(step => step.ActivityType == "Flows.TrainModel").Inputs!["label"]!.GetValue<string>();
        var truth = row[label]!.ToString();
        row.Remove(label);
        return (row, truth);
    }

    /// <summary>The pixels (0 to 16) as characters.</summary>
    public static string Draw(JsonObject row)
    {
        var pixels = row.Select(pixel => Convert.ToDouble(pixel.Value?.ToString() ?? "0", System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var picture = new StringBuilder();
        for (var line = 0; line + Side <= pixels.Length; line += Side)
            picture.Append("    ").AppendLine(string.Concat(pixels.Skip(line).Take(Side).Select(ink => ink switch { < 4 => "  ", < 8 => "░░", < 12 => "▒▒", _ => "██" })));
        return picture.ToString();
    }
}
