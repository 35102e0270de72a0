using System.Data.Common;
using System.Globalization;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Library.Data;

namespace Flows.Library.Training;

/// <summary>Truth and answer of every row that has both. Figures: docs of each in <see cref="Figures"/>.</summary>
internal sealed class Judgement
{
    private const double Smallest = 1e-15;
    private readonly ModelFacts _facts;
    private readonly List<(string Truth, string Guess, double[]? Scores)> _classes = [];
    private readonly List<double> _truths = [];
    private readonly List<double> _guesses = [];

    private Judgement(ModelFacts facts) => _facts = facts;

    public IReadOnlyList<double> Truths => _truths;

    public IReadOnlyList<double> Guesses => _guesses;

    public static Judgement Read(TableDatabase rows, string label, ModelFacts facts, string answers)
    {
        var judged = new Judgement(facts);
        var (truth, isNumber) = (Sql.Name(label), facts.LabelType == "number");
        if (facts.Task == "classification")
        {
            rows.Read($"SELECT {TrainingRows.ClassOf("rows." + truth, isNumber)}, {TrainingRows.ClassOf("answers.prediction", isNumber)}, answers.* EXCLUDE (prediction) FROM rows POSITIONAL JOIN {answers} WHERE rows.{truth} IS NOT NULL", judged.TakeClasses);
        }
        else rows.Read($"SELECT rows.{truth}::DOUBLE, answers.prediction FROM rows POSITIONAL JOIN {answers} WHERE rows.{truth} IS NOT NULL AND answers.prediction IS NOT NULL", judged.TakeNumbers);
        return judged._classes.Count + judged._truths.Count > 0 ? judged : throw new ActivityFault($"No row has a value in '{label}': there is nothing to compare with.");
    }

    /// <summary>
    /// Classification: accuracy; f1, the mean of the classes' F1 (macro); auc, for two classes, the chance that a positive scores above a
    /// negative; logLoss, the mean of −ln p of the true class. Regression: rmse, mae, r2 = 1 − Σ(y−ŷ)² / Σ(y−ȳ)².
    /// </summary>
    public IReadOnlyDictionary<string, double> Figures() => _facts.Task == "classification" ? ClassFigures() : NumberFigures();

    public ConfusionMatrix Confusion() => ConfusionMatrix.Of(_facts.Classes, _classes.Select(row => (row.Truth, row.Guess)));

    private bool TakeClasses(DbDataReader rows)
    {
        while (rows.Read())
        {
            var scores = rows.FieldCount == 2 ? null : new double[rows.FieldCount - 2];
            for (var index = 0; index < scores?.Length; index++) scores[index] = rows.IsDBNull(index + 2) ? 0 : Convert.ToDouble(rows.GetValue(index + 2), CultureInfo.InvariantCulture);
            _classes.Add((rows.GetString(0), rows.IsDBNull(1) ? "" : rows.GetString(1), scores));
        }
        return true;
    }

    private bool TakeNumbers(DbDataReader rows)
    {
        while (rows.Read())
        {
            _truths.Add(rows.GetDouble(0));
            _guesses.Add(rows.GetDouble(1));
        }
        return true;
    }

    private Dictionary<string, double> ClassFigures()
    {
        var figures = new Dictionary<string, double>
        {
            ["accuracy"] = _classes.Average(row => row.Truth == row.Guess ? 1.0 : 0),
            ["f1"] = Confusion().MacroF1(),
        };
        if (_classes.All(row => row.Scores?.Length == _facts.Classes.Count))
        {
            figures["logLoss"] = _classes.Average(row => -Math.Log(Math.Max(Smallest, Probability(row))));
            if (_facts.Classes.Count == 2 && Auc() is { } auc) figures["auc"] = auc;
        }
        figures["rows"] = _classes.Count;
        return figures;
    }

    private double Probability((string Truth, string Guess, double[]? Scores) row)
    {
        var index = _facts.Classes.ToList().IndexOf(row.Truth);
        var sum = row.Scores!.Sum();
        return index < 0 || sum <= 0 ? 0 : row.Scores![index] / sum;
    }

    // Mann-Whitney: ranks of the positives, ties at their mean rank.
    private double? Auc()
    {
        var sorted = _classes.Select(row => (Score: row.Scores![1], IsPositive: row.Truth == _facts.Classes[1])).OrderBy(row => row.Score).ToList();
        var positives = (double)sorted.Count(row => row.IsPositive);
        var negatives = sorted.Count - positives;
        if (positives == 0 || negatives == 0) return null;

        var ranks = 0.0;
        for (int from = 0, to; from < sorted.Count; from = to)
        {
            for (to = from; to < sorted.Count && sorted[to].Score == sorted[from].Score;) to++;
            ranks += (from + to + 1) / 2.0 * sorted.Skip(from).Take(to - from).Count(row => row.IsPositive);
        }
        return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
    }

    private Dictionary<string, double> NumberFigures()
    {
        var errors = _truths.Zip(_guesses, (truth, guess) => truth - guess).ToList();
        var mean = _truths.Average();
        var spread = _truths.Sum(truth => (truth - mean) * (truth - mean));
        return new Dictionary<string, double>
        {
            ["rmse"] = Math.Sqrt(errors.Average(error => error * error)),
            ["mae"] = errors.Average(Math.Abs),
            ["r2"] = spread == 0 ? double.NaN : 1 - errors.Sum(error => error * error) / spread,
            ["rows"] = errors.Count,
        };
    }
}
