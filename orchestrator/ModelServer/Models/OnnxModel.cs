using Flows.ModelServer.Rows;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Flows.ModelServer.Models;

/// <summary>
/// An ONNX graph with either one matrix input <c>[rows, features]</c> or one input for each feature. For classification it gives the
/// classes (whole numbers or text) or a matrix of probabilities, for regression one number a row.
/// </summary>
internal sealed class OnnxModel : IServedModel
{
    private readonly InferenceSession _session;

    private OnnxModel(InferenceSession session, ModelFacts facts) => (_session, Facts) = (session, facts);

    public ModelFacts Facts { get; }

    public bool IsReady => true;

    public static OnnxModel Load(string path, ModelFacts facts)
    {
        try
        {
            // Requests run in parallel already: more threads inside each only fight over the cores.
            using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            var session = new InferenceSession(path, options);
            return new OnnxModel(session, Completed(session, facts));
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelFault($"{Path.GetFileName(path)} is not an ONNX model that can be loaded: {failure.Message}", failure);
        }
    }

    public ValueTask<Prediction> PredictAsync(FeatureRows rows)
    {
        if (rows.Count == 0) return ValueTask.FromResult(Empty());
        using var results = _session.Run(Inputs(rows));
        return ValueTask.FromResult((Facts.IsClassification ? Classified(results, rows.Count) : Regressed(results, rows.Count)).Checked(rows));
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ModelFacts Completed(InferenceSession session, ModelFacts facts)
    {
        if (facts.Features.Count > 0) return facts;
        if (session.InputMetadata.Count > 1)
            return facts with { Features = [.. session.InputMetadata.Select(input => new ModelFeature(input.Key, input.Value.ElementDataType == TensorElementType.String ? "text" : "number"))] };
        var width = session.InputMetadata.Values.Single().Dimensions.Skip(1).Aggregate(1, (product, size) => product * size);
        return width > 0
            ? facts with { Features = [.. Enumerable.Range(0, width).Select(i => new ModelFeature($"f{i}", "number"))] }
            : throw new ModelFault("the ONNX model's input has no fixed width and its facts name no features");
    }

    private List<NamedOnnxValue> Inputs(FeatureRows rows) => _session.InputMetadata.Count == 1 && !rows.Features.Any(feature => feature.IsText)
        ? [Matrix(_session.InputMetadata.First(), rows)]
        : [.. rows.Features.Select((feature, i) => Column(feature.Name, rows, i))];

    private static NamedOnnxValue Matrix(KeyValuePair<string, NodeMetadata> input, FeatureRows rows)
    {
        var width = rows.Features.Count;
        var data = new double[rows.Count * width];
        for (var feature = 0; feature < width; feature++)
            for (var row = 0; row < rows.Count; row++)
                data[row * width + feature] = rows.Numbers(feature)[row];
        return Numbers(input.Key, input.Value.ElementDataType, data, [rows.Count, .. input.Value.Dimensions.Length > 2 ? input.Value.Dimensions[1..] : [width]]);
    }

    private NamedOnnxValue Column(string name, FeatureRows rows, int feature) => rows.Features[feature].IsText
        ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<string>(rows.Texts(feature).Select(text => text ?? "").ToArray(), [rows.Count, 1]))
        : Numbers(name, _session.InputMetadata.TryGetValue(name, out var input) ? input.ElementDataType : TensorElementType.Float, rows.Numbers(feature), [rows.Count, 1]);

    private static NamedOnnxValue Numbers(string name, TensorElementType type, double[] data, int[] shape) => type switch
    {
        TensorElementType.Double => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(data, shape)),
        TensorElementType.Int64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(Array.ConvertAll(data, value => (long)value), shape)),
        _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(Array.ConvertAll(data, value => (float)value), shape)),
    };

    private Prediction Regressed(IEnumerable<NamedOnnxValue> results, int count) => new(count)
    {
        Values = results.Select(Doubles).FirstOrDefault(values => values?.Length == count) ?? throw new ModelFault("the ONNX model gives no number for each row"),
    };

    private Prediction Classified(IReadOnlyCollection<NamedOnnxValue> results, int count)
    {
        var scores = results.Select(Doubles).FirstOrDefault(values => values?.Length == count * Facts.Classes.Count);
        var labels = results.Select(Texts).FirstOrDefault(values => values?.Length == count) ?? (scores is null ? null : Largest(scores, count));
        return new Prediction(count) { Labels = labels ?? throw new ModelFault("the ONNX model gives neither classes nor probabilities"), Scores = scores };
    }

    private string[] Largest(double[] scores, int count)
    {
        var width = Facts.Classes.Count;
        return [.. Enumerable.Range(0, count).Select(row => Facts.Classes[Enumerable.Range(0, width).MaxBy(i => scores[row * width + i])])];
    }

    private static double[]? Doubles(NamedOnnxValue value) => value.Value switch
    {
        Tensor<float> floats => Array.ConvertAll(floats.ToArray(), number => (double)number),
        Tensor<double> doubles => doubles.ToArray(),
        _ => null,
    };

    private static string[]? Texts(NamedOnnxValue value) => value.Value switch
    {
        Tensor<string> texts => texts.ToArray(),
        Tensor<long> numbers => Array.ConvertAll(numbers.ToArray(), number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        _ => null,
    };

    private Prediction Empty() => Facts.IsClassification ? new Prediction(0) { Labels = [], Scores = [] } : new Prediction(0) { Values = [] };
}
