using Flows.ModelServer.Rows;

namespace Flows.ModelServer.Models;

/// <summary>A loaded model, safe for use by many requests at once.</summary>
public interface IServedModel : IAsyncDisposable
{
    /// <summary>The model's facts, completed by what its file says.</summary>
    ModelFacts Facts { get; }

    /// <summary>False while it cannot answer, for example while its process is being restarted.</summary>
    bool IsReady { get; }

    /// <exception cref="RequestFault">The model cannot answer for these rows.</exception>
    ValueTask<Prediction> PredictAsync(FeatureRows rows);
}

/// <summary>What a model says about some rows.</summary>
public sealed record Prediction(int Count)
{
    /// <summary>A class for each row; null for regression.</summary>
    public string[]? Labels { get; init; }

    /// <summary>A value for each row; null for classification.</summary>
    public double[]? Values { get; init; }

    /// <summary>Probabilities, row by row in the order of the classes; null when the model gives none.</summary>
    public double[]? Scores { get; init; }

    /// <summary>Scores of a row.</summary>
    public int Width => Scores is null || Count == 0 ? 0 : Scores.Length / Count;

    /// <exception cref="RequestFault">A row's answer is no finite number: the row is named, and its missing columns.</exception>
    public Prediction Checked(FeatureRows rows)
    {
        for (var row = 0; row < Count; row++)
        {
            var finite = Values is null || double.IsFinite(Values[row]);
            for (var i = 0; finite && i < Width; i++) finite = double.IsFinite(Scores![row * Width + i]);
            if (!finite) throw NotFinite(rows, row);
        }
        return this;
    }

    private static RequestFault NotFinite(FeatureRows rows, int row)
    {
        var missing = rows.MissingIn(row).ToList();
        return new RequestFault(missing.Count > 0
            ? $"the model cannot answer for row {row}: it has no value in column {string.Join(", ", missing.Select(name => $"\"{name}\""))}"
            : $"the model's answer for row {row} is not a finite number: its values lie outside what the model can take");
    }
}
