using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Flows.Library.Data;

/// <summary>A table's cell as JSON: numbers and truth values as such, times in ISO 8601, the rest as text, missing as null.</summary>
public static class TableCell
{
    /// <param name="length">Longest text that is given whole.</param>
    public static JsonNode? ToJson(DbDataReader rows, int column, int length = int.MaxValue) =>
        rows.IsDBNull(column) ? null : ToJson(rows.GetValue(column), length);

    private static JsonNode? ToJson(object value, int length) => value switch
    {
        bool truth => JsonValue.Create(truth),
        sbyte or short or int or long or byte or ushort or uint => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        ulong number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        float number => float.IsFinite(number) ? JsonValue.Create(number) : number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        _ => Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", length),
    };

    private static string Cut(string text, int length) => text.Length > length ? text[..length] + "…" : text;
}
