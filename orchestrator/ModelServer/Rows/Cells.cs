using System.Globalization;
using System.Text.Json;

namespace Flows.ModelServer.Rows;

/// <summary>Puts single values into rows, refusing what the column cannot take.</summary>
internal static class Cells
{
    public static void Put(this FeatureRows rows, int row, int feature, JsonElement value)
    {
        if (rows.Features[feature].IsText) rows.Texts(feature)[row] = Text(rows.Features[feature].Name, row, value);
        else rows.Numbers(feature)[row] = Number(rows.Features[feature].Name, row, value);
    }

    /// <summary>A cell of a CSV line: empty is missing.</summary>
    public static void Put(this FeatureRows rows, int row, int feature, string value)
    {
        if (rows.Features[feature].IsText) rows.Texts(feature)[row] = value;
        else if (value.Length == 0) rows.Numbers(feature)[row] = double.NaN;
        else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            rows.Numbers(feature)[row] = number;
        else throw Wrong(rows.Features[feature].Name, row, "a finite number", $"\"{Short(value)}\"");
    }

    private static double Number(string column, int row, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Null => double.NaN,
        _ => throw Wrong(column, row, "a finite number", Describe(value)),
    };

    private static string? Text(string column, int row, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        JsonValueKind.Object when Decoded(value) is { } text => text,
        _ => throw Wrong(column, row, "text", Describe(value)),
    };

    // TensorFlow Serving's form of bytes.
    private static string? Decoded(JsonElement value) =>
        value.TryGetProperty("b64", out var encoded) && encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)
            ? System.Text.Encoding.UTF8.GetString(bytes)
            : null;

    private static RequestFault Wrong(string column, int row, string wanted, string got) =>
        new($"column \"{column}\" takes {wanted}; row {row} has {got}");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => Short(value.GetRawText()),
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
