using System.IO.Compression;
using System.Runtime.CompilerServices;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Flows.Library.Training;

internal sealed record TrainedModel(string Path, string Trainer, IReadOnlyList<string> Classes, IReadOnlyDictionary<string, double> Figures);

/// <summary>Fits an ML.NET pipeline: features into one vector, the learner, and for classification the class's name as the answer.</summary>
/// <param name="rows">CSV file of features and label.</param>
internal sealed class MlTraining(TrainingPlan plan, ColumnRoles roles, string rows, IStepLog log)
{
    private const long TriedRows = 50_000;
    private readonly MLContext _ml = new(plan.Seed);

    public async Task<TrainedModel> RunAsync(string path, CancellationToken cancellation)
    {
        // Trainers look for this between two rounds. Until they do, the step keeps its place: the machine is still at work.
        await using var stop = cancellation.Register(() => CancelExecution(_ml));
        return await Task.Run(() => Train(path), cancellation);
    }

    private TrainedModel Train(string path)
    {
        var data = _ml.Data.Cache(TrainingRows.Load(_ml, rows, roles.Features, roles.IsClassification ? DataKind.String : DataKind.Single));
        var (labelled, classes) = Labelled(data);
        var count = CountOf(labelled);
        var figures = new Dictionary<string, double> { ["trainingRows"] = count, ["features"] = roles.Features.Count };

        var trainer = plan.Trainer is Trainer.Auto ? Better(labelled, count, figures) : plan.Trainer;
        log.Write(LogLevel.Info, $"Training {NameOf(trainer)} on {count:N0} rows and {roles.Features.Count} columns.");
        log.Progress(0.5, "training");
        var model = Pipeline(trainer).Fit(labelled);
        Save(model, path);
        return new TrainedModel(path, NameOf(trainer), classes, figures);
    }

    // The label is mapped outside of the pipeline that is saved: a model that answers needs no label.
    private (IDataView Rows, IReadOnlyList<string> Classes) Labelled(IDataView data)
    {
        if (!roles.IsClassification) return (_ml.Transforms.CopyColumns(TrainingPlan.Label, TrainingRows.Label).Fit(data).Transform(data), []);

        var mapped = _ml.Transforms.Conversion.MapValueToKey(TrainingPlan.Label, TrainingRows.Label, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);
        var keys = default(VBuffer<ReadOnlyMemory<char>>);
        mapped.Schema[TrainingPlan.Label].GetKeyValues(ref keys);
        var classes = keys.DenseValues().Select(key => key.ToString()).ToList();
        return classes.Count >= 2 ? (mapped, classes) : throw new ActivityFault(
            $"The label '{roles.Label.Name}' has the single value '{classes.FirstOrDefault()}' in every row: there is nothing to tell apart.");
    }

    private Trainer Better(IDataView rows, long count, Dictionary<string, double> figures)
    {
        if (count > TriedRows || count < 50) return Trainer.LightGbm;

        var parts = _ml.Data.TrainTestSplit(rows, 0.2, seed: plan.Seed);
        var tried = new[] { Trainer.LightGbm, Trainer.Linear }.Select(trainer => (Trainer: trainer, Quality: Quality(trainer, parts))).ToList();
        var best = tried.MaxBy(candidate => candidate.Quality);
        log.Write(LogLevel.Info, $"Tried on a fifth of the rows: {string.Join(", ", tried.Select(candidate => FormattableString.Invariant($"{NameOf(candidate.Trainer)} {candidate.Quality:F4}")))}.");
        figures[roles.IsClassification ? "validationAccuracy" : "validationR2"] = best.Quality;
        return best.Trainer;
    }

    private double Quality(Trainer trainer, DataOperationsCatalog.TrainTestData parts)
    {
        var answers = Pipeline(trainer, answer: false).Fit(parts.TrainSet).Transform(parts.TestSet);
        var quality = roles.IsClassification
            ? _ml.MulticlassClassification.Evaluate(answers, TrainingPlan.Label).MicroAccuracy
            : _ml.Regression.Evaluate(answers, TrainingPlan.Label).RSquared;
        return double.IsFinite(quality) ? quality : double.NegativeInfinity;
    }

    private IEstimator<ITransformer> Pipeline(Trainer trainer, bool answer = true)
    {
        var pipeline = Vector(trainer).Append((plan with { Trainer = trainer }).Learner(_ml));
        return roles.IsClassification && answer ? pipeline.Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")) : pipeline;
    }

    private EstimatorChain<ITransformer> Vector(Trainer trainer)
    {
        var (numbers, texts) = (Names(ModelFeature.Number), Names(ModelFeature.Text));
        var chain = new EstimatorChain<ITransformer>();
        if (numbers.Length > 0)
        {
            chain = chain.Append<ITransformer>(_ml.Transforms.Concatenate("$numbers", numbers))
                .Append<ITransformer>(_ml.Transforms.ReplaceMissingValues("$numbers", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean));
            // SDCA runs away on columns that are not centred.
            if (trainer is Trainer.Linear) chain = chain.Append<ITransformer>(roles.IsClassification ? _ml.Transforms.NormalizeMinMax("$numbers") : _ml.Transforms.NormalizeMeanVariance("$numbers"));
        }
        if (texts.Length > 0)
        {
            chain = chain.Append<ITransformer>(_ml.Transforms.Categorical.OneHotEncoding([.. texts.Select((name, index) => new InputOutputColumnPair($"$text{index}", name))], maximumNumberOfKeys: 1000));
        }
        string[] parts = [.. numbers.Length > 0 ? ["$numbers"] : Array.Empty<string>(), .. texts.Select((_, index) => $"$text{index}")];
        return chain.Append<ITransformer>(_ml.Transforms.Concatenate(TrainingPlan.Features, parts));
    }

    private string[] Names(string type) => [.. roles.Features.Where(feature => feature.Type == type).Select(feature => feature.Name)];

    private void Save(ITransformer model, string path)
    {
        _ml.Model.Save(model, TrainingRows.Load(_ml, rows, roles.Features).Schema, path);
        // The time of saving is no part of a model: without it the same training gives the same digest.
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach (var entry in zip.Entries) entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    // ML.NET keeps this to itself and its AutoML; there is no public way to stop a training.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(CancelExecution))]
    private static extern void CancelExecution(MLContext ml);

    private static long CountOf(IDataView rows)
    {
        using var cursor = rows.GetRowCursor([]);
        var count = 0L;
        while (cursor.MoveNext()) count++;
        return count;
    }

    private static string NameOf(Trainer trainer) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(trainer.ToString());
}
