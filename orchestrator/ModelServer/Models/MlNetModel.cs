using System.Collections.Concurrent;
using Flows.ModelServer.Rows;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Flows.ModelServer.Models;

/// <summary>An ML.NET zip. Each scorer binds the pipeline once and is then reused, one request at a time.</summary>
internal sealed class MlNetModel : IServedModel
{
    private readonly ConcurrentBag<MlNetScorer> _idle = [];
    private readonly ITransformer _transformer;
    private readonly DataViewSchema _schema;

    private MlNetModel(ITransformer transformer, DataViewSchema schema, ModelFacts facts)
    {
        (_transformer, _schema, Facts) = (transformer, schema, facts);
        _idle.Add(new MlNetScorer(transformer, schema, facts));
    }

    public ModelFacts Facts { get; }

    public bool IsReady => true;

    public static MlNetModel Load(string path, ModelFacts facts)
    {
        var context = new MLContext(seed: 1);
        context.ComponentCatalog.RegisterAssembly(typeof(FastTreeRegressionTrainer).Assembly);
        context.ComponentCatalog.RegisterAssembly(typeof(LightGbmRegressionTrainer).Assembly);
        try
        {
            var transformer = context.Model.Load(path, out var schema);
            return new MlNetModel(transformer, schema ?? throw new ModelFault("the ML.NET model was saved without its input schema"), facts);
        }
        catch (Exception failure) when (failure is not ModelFault)
        {
            throw new ModelFault($"{Path.GetFileName(path)} is not an ML.NET model that can be loaded: {failure.Message}", failure);
        }
    }

    public ValueTask<Prediction> PredictAsync(FeatureRows rows)
    {
        var scorer = _idle.TryTake(out var idle) ? idle : new MlNetScorer(_transformer, _schema, Facts);
        var prediction = scorer.Score(rows);
        _idle.Add(scorer);
        return ValueTask.FromResult(prediction.Checked(rows));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
