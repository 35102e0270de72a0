using System.Text.Json;

namespace Flows.ModelServer.Rows;

/// <summary>One tensor of an inference request, its data flat in row-major order and checked against shape and datatype.</summary>
internal sealed record Tensor(string Name, string Datatype, IReadOnlyList<long> Shape, IReadOnlyList<JsonElement> Values)
{
    public static Tensor Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("name", out var named) || named.ValueKind != JsonValueKind.String)
            throw new RequestFault("every input must be an object with a \"name\"");
        var name = named.GetString()!;
        var datatype = json.TryGetProperty("datatype", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        if (!Known(datatype)) throw new RequestFault($"input \"{name}\" has the datatype \"{datatype}\"; known are BOOL, UINT8 to UINT64, INT8 to INT64, FP16, FP32, FP64 and BYTES");
        if (!json.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
            throw new RequestFault($"input \"{name}\" has no list \"data\"");
        var values = new List<JsonElement>();
        Flatten(data, values);
        var shape = ReadShape(name, json, values.Count);
        foreach (var value in values) Check(name, datatype, value);
        return new Tensor(name, datatype, shape, values);
    }

    private static IReadOnlyList<long> ReadShape(string name, JsonElement json, int count)
    {
        if (!json.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() == 0
            || shape.EnumerateArray().Any(size => size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var n) || n < 0))
            throw new RequestFault($"input \"{name}\" must have a \"shape\": a list of whole numbers from 0");
        var sizes = shape.EnumerateArray().Select(size => size.GetInt64()).ToList();
        // Stops growing early, so that no shape overflows into one that fits.
        var wanted = sizes.Aggregate((Int128)1, (product, size) => product > int.MaxValue ? product : product * size);
        return wanted == count
            ? sizes
            : throw new RequestFault($"input \"{name}\" has {count} values, its shape [{string.Join(", ", sizes)}] wants {wanted}");
    }

    private static void Flatten(JsonElement data, List<JsonElement> values)
    {
        foreach (var value in data.EnumerateArray())
            if (value.ValueKind == JsonValueKind.Array) Flatten(value, values);
            else values.Add(value);
    }

    private static bool Known(string datatype) =>
        datatype is "BOOL" or "UINT8" or "UINT16" or "UINT32" or "UINT64" or "INT8" or "INT16" or "INT32" or "INT64" or "FP16" or "FP32" or "FP64" or "BYTES";

    private static void Check(string name, string datatype, JsonElement value)
    {
        if (!Fits(datatype, value)) throw new RequestFault($"input \"{name}\" has a value that is not {datatype}: {Short(value.GetRawText())}");
    }

    private static bool Fits(string datatype, JsonElement value) => datatype switch
    {
        "BYTES" => value.ValueKind == JsonValueKind.String,
        "BOOL" => value.ValueKind is JsonValueKind.True or JsonValueKind.False || IsWhole(value, 0, 1),
        "UINT8" => IsWhole(value, 0, byte.MaxValue),
        "UINT16" => IsWhole(value, 0, ushort.MaxValue),
        "UINT32" => IsWhole(value, 0, uint.MaxValue),
        "UINT64" => IsWhole(value, 0, ulong.MaxValue),
        "INT8" => IsWhole(value, sbyte.MinValue, sbyte.MaxValue),
        "INT16" => IsWhole(value, short.MinValue, short.MaxValue),
        "INT32" => IsWhole(value, int.MinValue, int.MaxValue),
        "INT64" => IsWhole(value, long.MinValue, long.MaxValue),
        "FP16" => IsReal(value, 65504),
        "FP32" => IsReal(value, float.MaxValue),
        _ => IsReal(value, double.MaxValue),
    };

    private static bool IsWhole(JsonElement value, double low, double high) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == Math.Floor(number) && number >= low && number <= high;

    private static bool IsReal(JsonElement value, double high) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) <= high);

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
