using System.Text.Json;

namespace Flows.ModelServer.Rows;

/// <summary>Reads the input tensors of the Open Inference Protocol: one for each column, or one matrix of them all.</summary>
internal static class TensorRows
{
    public static FeatureRows Read(RowReader reader, JsonElement inputs)
    {
        if (inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
            throw new RequestFault("\"inputs\" must be a list of at least one tensor");
        var tensors = inputs.EnumerateArray().Select(Tensor.Read).ToList();
        if (tensors.Count == 1 && (reader.Place(tensors[0].Name) is null || reader.Features.Count == 1)) return Matrix(reader, tensors[0]);
        return Columns(reader, tensors);
    }

    private static FeatureRows Columns(RowReader reader, List<Tensor> tensors)
    {
        foreach (var tensor in tensors)
            if (reader.Place(tensor.Name) is null) throw new RequestFault($"the model has no input \"{tensor.Name}\"");
        reader.RequireColumns(name => tensors.Any(tensor => tensor.Name == name));
        if (tensors.GroupBy(tensor => tensor.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new RequestFault($"input \"{twice.Key}\" is given twice");
        var rows = new FeatureRows(reader.Features, tensors[0].Values.Count);
        foreach (var tensor in tensors)
        {
            if (tensor.Shape.Skip(1).Any(size => size != 1) || tensor.Values.Count != rows.Count)
                throw new RequestFault($"input \"{tensor.Name}\" must have the shape [{rows.Count}] or [{rows.Count}, 1], as \"{tensors[0].Name}\" has {rows.Count} rows");
            Put(rows, tensor, reader.Place(tensor.Name)!.Value, at: 0, step: 1);
        }
        return rows;
    }

    private static FeatureRows Matrix(RowReader reader, Tensor tensor)
    {
        var width = reader.Features.Count;
        var count = tensor.Shape.Count > 1 || width == 1 ? tensor.Shape[0] : 1;
        if (count * width != tensor.Values.Count)
            throw new RequestFault($"input \"{tensor.Name}\" has the shape [{string.Join(", ", tensor.Shape)}]; the model takes rows of {width} values, shape [-1, {width}]");
        var rows = new FeatureRows(reader.Features, (int)count);
        for (var feature = 0; feature < width; feature++) Put(rows, tensor, feature, feature, width);
        return rows;
    }

    private static void Put(FeatureRows rows, Tensor tensor, int feature, int at, int step)
    {
        if (rows.Features[feature].IsText != (tensor.Datatype == "BYTES"))
            throw new RequestFault($"column \"{rows.Features[feature].Name}\" takes {(rows.Features[feature].IsText ? "text, datatype BYTES" : "numbers")}; input \"{tensor.Name}\" is {tensor.Datatype}");
        for (var row = 0; row < rows.Count; row++) rows.Put(row, feature, tensor.Values[at + row * step]);
    }
}
