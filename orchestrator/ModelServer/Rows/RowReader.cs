using System.Text.Json;

namespace Flows.ModelServer.Rows;

/// <summary>Reads JSON rows and columns as the TensorFlow and MLflow protocols send them.</summary>
public sealed class RowReader
{
    private readonly IReadOnlyList<ModelFeature> _features;
    private readonly Dictionary<string, int> _places = [];

    public RowReader(IReadOnlyList<ModelFeature> features)
    {
        _features = features;
        for (var i = 0; i < features.Count; i++) _places[features[i].Name] = i;
    }

    public IReadOnlyList<ModelFeature> Features => _features;

    public int? Place(string name) => _places.TryGetValue(name, out var place) ? place : null;

    /// <summary>A list of rows, each a list of values in the model's order, nested as an image may be, or an object by column; or an object of columns.</summary>
    public FeatureRows Read(JsonElement data, string field) => data.ValueKind switch
    {
        JsonValueKind.Array => Rows(data, field),
        JsonValueKind.Object => Columns(data, field),
        _ => throw new RequestFault($"\"{field}\" must be a list of rows or an object of columns"),
    };

    /// <summary>An object of columns, each a list of the same length. Columns the model does not know are ignored.</summary>
    public FeatureRows Columns(JsonElement data, string field)
    {
        RequireColumns(name => data.TryGetProperty(name, out _));
        var count = _features.Count == 0 ? 0 : Length(data.GetProperty(_features[0].Name));
        var rows = new FeatureRows(_features, count);
        for (var i = 0; i < _features.Count; i++)
        {
            var column = data.GetProperty(_features[i].Name);
            if (Length(column) != count)
                throw new RequestFault($"column \"{_features[i].Name}\" of \"{field}\" has {Length(column)} values, \"{_features[0].Name}\" has {count}");
            Fill(rows, i, column);
        }
        return rows;
    }

    /// <summary>Rows of lists under named columns.</summary>
    public FeatureRows Table(IReadOnlyList<string> columns, JsonElement data, string field)
    {
        RequireColumns(columns.ToHashSet().Contains);
        var places = new int[_features.Count];
        for (var i = 0; i < columns.Count; i++)
            if (Place(columns[i]) is { } place) places[place] = i;
        var rows = new FeatureRows(_features, data.GetArrayLength());
        var row = 0;
        foreach (var line in data.EnumerateArray())
        {
            if (line.ValueKind != JsonValueKind.Array || line.GetArrayLength() != columns.Count)
                throw new RequestFault($"row {row} of \"{field}\" must be a list of {columns.Count} values, one for each column");
            for (var i = 0; i < places.Length; i++) rows.Put(row, i, line[places[i]]);
            row++;
        }
        return rows;
    }

    /// <exception cref="RequestFault">Columns that the model needs are not there; all of them are named.</exception>
    public void RequireColumns(Func<string, bool> has)
    {
        var missing = _features.Where(feature => !has(feature.Name)).Select(feature => feature.Name).ToList();
        if (missing.Count > 0) throw Missing(missing);
    }

    private FeatureRows Rows(JsonElement data, string field)
    {
        var rows = new FeatureRows(_features, data.GetArrayLength());
        var row = 0;
        foreach (var line in data.EnumerateArray())
        {
            if (line.ValueKind == JsonValueKind.Object && !IsBytes(line)) ByName(rows, row, line);
            else ByPlace(rows, row, line, field);
            row++;
        }
        return rows;
    }

    private void ByName(FeatureRows rows, int row, JsonElement line)
    {
        Span<bool> seen = _features.Count <= 256 ? stackalloc bool[_features.Count] : new bool[_features.Count];
        var next = 0;
        foreach (var property in line.EnumerateObject())
        {
            // Columns mostly come in the model's order: no text is made for those that do.
            var place = next < _features.Count && property.NameEquals(_features[next].Name) ? next : Place(property.Name);
            if (place is not { } at) continue;
            rows.Put(row, at, property.Value);
            seen[at] = true;
            next = at + 1;
        }
        if (!seen.Contains(false)) return;
        var missing = new List<string>();
        for (var i = 0; i < seen.Length; i++) if (!seen[i]) missing.Add(_features[i].Name);
        throw Missing(missing, row);
    }

    private void ByPlace(FeatureRows rows, int row, JsonElement line, string field)
    {
        var at = 0;
        Flatten(line);
        if (at != _features.Count)
            throw new RequestFault($"row {row} of \"{field}\" has {at} values; the model takes {_features.Count}: {Names(_features.Select(f => f.Name))}");

        void Flatten(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Array)
                foreach (var part in value.EnumerateArray()) Flatten(part);
            else if (at++ < _features.Count) rows.Put(row, at - 1, value);
        }
    }

    private static void Fill(FeatureRows rows, int feature, JsonElement column)
    {
        if (column.ValueKind != JsonValueKind.Array)
        {
            rows.Put(0, feature, column);
            return;
        }
        var row = 0;
        foreach (var value in column.EnumerateArray()) rows.Put(row++, feature, Single(value));
    }

    // [[1],[2]] is how TensorFlow clients write a column of one feature.
    private static JsonElement Single(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value;

    private static int Length(JsonElement column) => column.ValueKind == JsonValueKind.Array ? column.GetArrayLength() : 1;

    private static bool IsBytes(JsonElement line) => line.TryGetProperty("b64", out _);

    private static RequestFault Missing(IReadOnlyList<string> names, int? row = null) => new(
        $"{(names.Count == 1 ? "column" : "columns")} {Names(names)} {(names.Count == 1 ? "is" : "are")} missing{(row is { } at ? $" in row {at}" : "")}");

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        var shown = string.Join(", ", all.Take(10).Select(name => $"\"{name}\""));
        return all.Count > 10 ? $"{shown} and {all.Count - 10} more" : shown;
    }
}
