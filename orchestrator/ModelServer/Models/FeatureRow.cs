using Flows.ModelServer.Rows;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flows.ModelServer.Models;

/// <summary>
/// ML.NET's view of the request's current row. Columns that the pipeline was trained with but the features do not name
/// (the label) have their type's default.
/// </summary>
internal sealed class FeatureRow : DataViewRow
{
    private readonly Dictionary<string, int> _features;
    private FeatureRows _rows;
    private int _row;
    private long _position = -1;

    public FeatureRow(DataViewSchema schema, IReadOnlyList<ModelFeature> features)
    {
        Schema = schema;
        _rows = new FeatureRows(features, 0);
        _features = features.Select((feature, i) => (feature.Name, i)).ToDictionary();
        if (features.FirstOrDefault(feature => schema.GetColumnOrNull(feature.Name) is null) is { } unknown)
            throw new ModelFault($"the ML.NET model has no input column \"{unknown.Name}\", which its facts name");
    }

    public override DataViewSchema Schema { get; }

    // Counts on over requests: transforms cache by position.
    public override long Position => _position;

    public override long Batch => 0;

    public void MoveTo(FeatureRows rows, int row)
    {
        (_rows, _row) = (rows, row);
        _position++;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_features.TryGetValue(column.Name, out var feature)) return (ref TValue value) => value = default!;
        return Getter(column, feature) as ValueGetter<TValue>
            ?? throw new ModelFault($"the ML.NET model wants column \"{column.Name}\" as {column.Type}, its facts say {_rows.Features[feature].Type}");
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

    private Delegate? Getter(DataViewSchema.Column column, int feature) => (column.Type, _rows.Features[feature].IsText) switch
    {
        (TextDataViewType, true) => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _rows.Texts(feature)[_row].AsMemory()),
        (NumberDataViewType { RawType: var raw }, false) when raw == typeof(float) => (ValueGetter<float>)((ref float value) => value = (float)_rows.Numbers(feature)[_row]),
        (NumberDataViewType { RawType: var raw }, false) when raw == typeof(double) => (ValueGetter<double>)((ref double value) => value = _rows.Numbers(feature)[_row]),
        (BooleanDataViewType, false) => (ValueGetter<bool>)((ref bool value) => value = _rows.Numbers(feature)[_row] != 0),
        _ => null,
    };
}
