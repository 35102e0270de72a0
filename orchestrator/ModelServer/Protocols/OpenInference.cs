using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.ModelServer.Models;
using Flows.ModelServer.Rows;

namespace Flows.ModelServer.Protocols;

/// <summary>Open Inference Protocol v2 over REST. Outputs: <c>predict</c> and, where the model gives probabilities, <c>predict_proba</c>.</summary>
internal static class OpenInference
{
    public static string ProgramVersion { get; } = typeof(OpenInference).Assembly.GetName().Version!.ToString(3);

    public static void MapOpenInference(this WebApplication app, Serving serving)
    {
        app.MapGet("/v2", (HttpContext http) => http.WriteJsonAsync(ServerMetadata(serving)));
        app.MapGet("/v2/health/live", (HttpContext http) => http.WriteJsonAsync(new JsonObject { ["live"] = true }));
        app.MapGet("/v2/health/ready", (HttpContext http) => ReadyAsync(http, serving, null, null));
        foreach (var model in (string[])["/v2/models/{model}", "/v2/models/{model}/versions/{version}"])
        {
            app.MapGet(model, (HttpContext http, string model, string? version = null) => MetadataAsync(http, serving, model, version));
            app.MapGet(model + "/ready", (HttpContext http, string model, string? version = null) => ReadyAsync(http, serving, model, version));
            app.MapPost(model + "/infer", (HttpContext http, string model, string? version = null) => InferAsync(http, serving, model, version));
        }
    }

    private static JsonObject ServerMetadata(Serving serving) => new()
    {
        ["name"] = "flows-model-server",
        ["version"] = ProgramVersion,
        ["extensions"] = new JsonArray(),
        ["instance"] = serving.Options.Instance,
    };

    private static Task ReadyAsync(HttpContext http, Serving serving, string? model, string? version)
    {
        serving.Require(model, version);
        if (!serving.Model.IsReady) throw new RequestFault("the model is being started again", 503);
        return http.WriteJsonAsync(model is null ? new JsonObject { ["ready"] = true } : new JsonObject { ["name"] = model, ["ready"] = true });
    }

    private static Task MetadataAsync(HttpContext http, Serving serving, string model, string? version)
    {
        serving.Require(model, version);
        return http.WriteJsonAsync(new JsonObject
        {
            ["name"] = model,
            ["versions"] = new JsonArray($"{serving.Options.Version}"),
            ["platform"] = serving.Facts.Format,
            ["inputs"] = new JsonArray([.. serving.Facts.Features.Select(feature => Described(feature.Name, feature.IsText ? "BYTES" : "FP64", -1))]),
            ["outputs"] = Outputs(serving.Facts),
        });
    }

    private static JsonArray Outputs(ModelFacts facts) => facts.IsClassification
        ? [Described("predict", LabelDatatype(facts), -1), Described("predict_proba", "FP64", -1, facts.Classes.Count)]
        : [Described("predict", "FP64", -1)];

    private static JsonObject Described(string name, string datatype, params int[] shape) => new()
    {
        ["name"] = name,
        ["datatype"] = datatype,
        ["shape"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]),
    };

    private static string LabelDatatype(ModelFacts facts) => facts.HasWholeClasses() ? "INT64" : facts.HasNumberClasses() ? "FP64" : "BYTES";

    private static async Task InferAsync(HttpContext http, Serving serving, string model, string? version)
    {
        serving.Require(model, version);
        using var body = await http.ReadJsonAsync();
        var rows = TensorRows.Read(serving.Reader, body.RootElement.Field("inputs") ?? throw new RequestFault("the body has no \"inputs\""));
        var wanted = Wanted(body.RootElement);
        var prediction = await serving.Model.PredictAsync(rows);
        if (wanted?.FirstOrDefault(name => name != "predict" && (name != "predict_proba" || prediction.Scores is null)) is { } unknown)
            throw new RequestFault($"the model has no output \"{unknown}\"; it has {(prediction.Scores is null ? "\"predict\"" : "\"predict\" and \"predict_proba\"")}");
        await http.WriteJsonAsync(writer => Write(writer, serving, model, body.RootElement.Field("id"), prediction, wanted));
    }

    private static List<string>? Wanted(JsonElement body)
    {
        if (body.Field("outputs") is not { } outputs) return null;
        if (outputs.ValueKind != JsonValueKind.Array) throw new RequestFault("\"outputs\" must be a list of objects with a \"name\"");
        var names = outputs.EnumerateArray()
            .Select(output => output.ValueKind == JsonValueKind.Object && output.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : throw new RequestFault("every one of \"outputs\" must be an object with a \"name\""))
            .ToList();
        return names.Count == 0 ? null : names;
    }

    private static void Write(Utf8JsonWriter writer, Serving serving, string model, JsonElement? id, Prediction prediction, List<string>? wanted)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", model);
        writer.WriteString("model_version", $"{serving.Options.Version}");
        if (id is { } given) writer.WriteString("id", given.ToString());
        writer.WriteStartArray("outputs");
        foreach (var name in wanted ?? (prediction.Scores is null ? ["predict"] : ["predict", "predict_proba"]))
            if (name == "predict") WriteLabels(writer, serving.Facts, prediction);
            else WriteScores(writer, prediction);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter writer, ModelFacts facts, Prediction prediction)
    {
        Begin(writer, "predict", facts.IsClassification ? LabelDatatype(facts) : "FP64", prediction.Count);
        writer.WritePredictions("data", prediction, facts);
        writer.WriteEndObject();
    }

    private static void WriteScores(Utf8JsonWriter writer, Prediction prediction)
    {
        Begin(writer, "predict_proba", "FP64", prediction.Count, prediction.Width);
        writer.WriteStartArray("data");
        foreach (var score in prediction.Scores!) writer.WriteNumberValue(score);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter writer, string name, string datatype, params ReadOnlySpan<int> shape)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("datatype", datatype);
        writer.WriteStartArray("shape");
        foreach (var size in shape) writer.WriteNumberValue(size);
        writer.WriteEndArray();
    }
}
