using System.Buffers;
using System.Text.Json;
using Flows.ModelServer.Rows;

namespace Flows.ModelServer.Models;

/// <summary>A pickled scikit-learn model in a Python process of its own, which is started again when it dies.</summary>
internal sealed class SklearnModel : IServedModel
{
    private readonly PythonChild _child;

    private SklearnModel(PythonChild child, ModelFacts facts) => (_child, Facts) = (child, facts);

    public ModelFacts Facts { get; }

    public bool IsReady => _child.IsAlive;

    public static async Task<SklearnModel> LoadAsync(string path, ModelFacts facts, string? python)
    {
        var child = new PythonChild(python ?? await PythonPath.FindAsync("sklearn"), path);
        try
        {
            return new SklearnModel(child, Completed(facts, await child.StartAsync()));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<Prediction> PredictAsync(FeatureRows rows)
    {
        if (rows.Count == 0) return Facts.IsClassification ? new Prediction(0) { Labels = [], Scores = [] } : new Prediction(0) { Values = [] };
        using var answer = await _child.AskAsync(Question(rows));
        if (answer.RootElement.TryGetProperty("error", out var error)) throw new RequestFault(Explained(error.GetString()!, rows));
        return Read(answer.RootElement, rows.Count).Checked(rows);
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static ModelFacts Completed(ModelFacts facts, JsonElement hello)
    {
        var classes = hello.GetProperty("classes").Deserialize<string[]>()!;
        var names = hello.GetProperty("features").Deserialize<string[]>()!;
        if (names.Length == 0) names = [.. Enumerable.Range(0, hello.GetProperty("width").GetInt32()).Select(i => $"f{i}")];
        if (facts.Features.Count == 0 && names.Length == 0) throw new ModelFault("neither the model's facts nor the model itself say which features it takes");
        return facts with
        {
            Classes = facts.Classes.Count > 0 ? facts.Classes : classes,
            Features = facts.Features.Count > 0 ? facts.Features : [.. names.Select(name => new ModelFeature(name, "number"))],
        };
    }

    private ReadOnlyMemory<byte> Question(FeatureRows rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("task", Facts.Task);
        WriteTexts(writer, "classes", Facts.Classes);
        WriteTexts(writer, "names", rows.Features.Select(feature => feature.Name));
        writer.WriteStartArray("rows");
        for (var row = 0; row < rows.Count; row++) WriteRow(writer, rows, row);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteRow(Utf8JsonWriter writer, FeatureRows rows, int row)
    {
        writer.WriteStartArray();
        for (var i = 0; i < rows.Features.Count; i++)
            if (rows.Features[i].IsText) writer.WriteStringValue(rows.Texts(i)[row]);
            else if (double.IsNaN(rows.Numbers(i)[row])) writer.WriteNullValue();
            else writer.WriteNumberValue(rows.Numbers(i)[row]);
        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static Prediction Read(JsonElement answer, int count) => answer.TryGetProperty("values", out var values)
        ? new Prediction(count) { Values = values.Deserialize<double[]>(Named) }
        : new Prediction(count) { Labels = answer.GetProperty("labels").Deserialize<string[]>(), Scores = answer.GetProperty("scores").Deserialize<double[]>() };

    private static readonly JsonSerializerOptions Named = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static string Explained(string error, FeatureRows rows)
    {
        var missing = rows.Features.Where((feature, i) => feature.IsText ? rows.Texts(i).Contains(null) : rows.Numbers(i).Any(double.IsNaN)).Select(feature => $"\"{feature.Name}\"").ToList();
        return missing.Count == 0 ? $"the model refused the request: {error}" : $"the model refused the request, in which column {string.Join(", ", missing.Take(10))} has missing values: {error.Split('\n')[0]}";
    }
}
