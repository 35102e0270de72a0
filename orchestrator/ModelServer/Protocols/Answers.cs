using System.Globalization;
using System.Text.Json;
using Flows.ModelServer.Models;

namespace Flows.ModelServer.Protocols;

/// <summary>Writes predictions; a class is a number where the label was one.</summary>
internal static class Answers
{
    public static void WritePredictions(this Utf8JsonWriter writer, string name, Prediction prediction, ModelFacts facts)
    {
        writer.WriteStartArray(name);
        for (var row = 0; row < prediction.Count; row++) writer.WriteAnswer(prediction, facts, row);
        writer.WriteEndArray();
    }

    public static void WriteAnswer(this Utf8JsonWriter writer, Prediction prediction, ModelFacts facts, int row)
    {
        if (prediction.Values is { } values) writer.WriteNumberValue(values[row]);
        else if (IsNumber(facts, prediction.Labels![row], out var number)) writer.WriteRawValue(number);
        else writer.WriteStringValue(prediction.Labels[row]);
    }

    /// <summary>Whether every class is a whole number: datatype INT64.</summary>
    public static bool HasWholeClasses(this ModelFacts facts) =>
        facts.LabelType == "number" && facts.Classes.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

    public static bool HasNumberClasses(this ModelFacts facts) => facts.LabelType == "number" && facts.Classes.All(name => IsNumber(facts, name, out _));

    private static bool IsNumber(ModelFacts facts, string label, out string number)
    {
        number = "";
        if (facts.LabelType != "number" || !double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return false;
        number = value.ToString("R", CultureInfo.InvariantCulture);
        return true;
    }
}
