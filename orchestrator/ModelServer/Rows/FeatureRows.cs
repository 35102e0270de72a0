namespace Flows.ModelServer.Rows;

/// <summary>Rows to predict, column by column in the order of the model's features. A missing number is NaN, a missing text null.</summary>
public sealed class FeatureRows
{
    private readonly double[]?[] _numbers;
    private readonly string?[]?[] _texts;

    public FeatureRows(IReadOnlyList<ModelFeature> features, int count)
    {
        Features = features;
        Count = count;
        _numbers = [.. features.Select(feature => feature.IsText ? null : new double[count])];
        _texts = [.. features.Select(feature => feature.IsText ? new string?[count] : null)];
    }

    public IReadOnlyList<ModelFeature> Features { get; }

    public int Count { get; }

    public double[] Numbers(int feature) => _numbers[feature]!;

    public string?[] Texts(int feature) => _texts[feature]!;

    /// <summary>Names of the columns in which a row has no value; what to blame when a model cannot answer for it.</summary>
    public IEnumerable<string> MissingIn(int row) => Features
        .Where((feature, i) => feature.IsText ? _texts[i]![row] is null : double.IsNaN(_numbers[i]![row]))
        .Select(feature => feature.Name);
}
