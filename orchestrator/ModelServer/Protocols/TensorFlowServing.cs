using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.ModelServer.Models;
using Flows.ModelServer.Rows;

namespace Flows.ModelServer.Protocols;

/// <summary>TensorFlow Serving's REST API: status, metadata, <c>:predict</c>, <c>:classify</c>, <c>:regress</c>.</summary>
internal static class TensorFlowServing
{
    public static void MapTensorFlowServing(this WebApplication app, Serving serving)
    {
        foreach (var model in (string[])["/v1/models/{model}", "/v1/models/{model}/versions/{version}"])
        {
            app.MapGet(model, (HttpContext http, string model, string? version = null) => StatusAsync(http, serving, model, version));
            app.MapGet(model + "/metadata", (HttpContext http, string model, string? version = null) => MetadataAsync(http, serving, model, version));
        }
        app.MapPost("/v1/models/{call}", (HttpContext http, string call) => CallAsync(http, serving, null, call));
        app.MapPost("/v1/models/{model}/versions/{call}", (HttpContext http, string model, string call) => CallAsync(http, serving, model, call));
    }

    private static Task StatusAsync(HttpContext http, Serving serving, string model, string? version)
    {
        serving.Require(model, version);
        return http.WriteJsonAsync(new JsonObject
        {
            ["model_version_status"] = new JsonArray(new JsonObject
            {
                ["version"] = $"{serving.Options.Version}",
                ["state"] = serving.Model.IsReady ? "AVAILABLE" : "LOADING",
                ["status"] = new JsonObject { ["error_code"] = "OK", ["error_message"] = "" },
            }),
        });
    }

    private static Task MetadataAsync(HttpContext http, Serving serving, string model, string? version)
    {
        serving.Require(model, version);
        return http.WriteJsonAsync(new JsonObject
        {
            ["model_spec"] = new JsonObject { ["name"] = model, ["signature_name"] = "", ["version"] = $"{serving.Options.Version}" },
            ["metadata"] = new JsonObject { ["signature_def"] = new JsonObject { ["signature_def"] = new JsonObject { ["serving_default"] = Signature(serving.Facts) } } },
        });
    }

    private static JsonObject Signature(ModelFacts facts)
    {
        var inputs = new JsonObject();
        foreach (var feature in facts.Features) inputs[feature.Name] = Described(feature.IsText ? "DT_STRING" : "DT_DOUBLE", feature.Name);
        var type = !facts.IsClassification || facts.HasNumberClasses() ? facts.HasWholeClasses() && facts.IsClassification ? "DT_INT64" : "DT_DOUBLE" : "DT_STRING";
        return new JsonObject
        {
            ["inputs"] = inputs,
            ["outputs"] = new JsonObject { ["predictions"] = Described(type, "predictions") },
            ["method_name"] = "tensorflow/serving/predict",
        };
    }

    private static JsonObject Described(string type, string name) => new()
    {
        ["dtype"] = type,
        ["tensor_shape"] = new JsonObject { ["dim"] = new JsonArray(new JsonObject { ["size"] = "-1", ["name"] = "" }), ["unknown_rank"] = false },
        ["name"] = name,
    };

    /// <param name="model">Null when the call names it: <c>digits:predict</c>; with a version the call is <c>3:predict</c>.</param>
    private static Task CallAsync(HttpContext http, Serving serving, string? model, string call)
    {
        var colon = call.LastIndexOf(':');
        var (target, verb) = colon < 0 ? (call, "") : (call[..colon], call[(colon + 1)..]);
        serving.Require(model ?? target, model is null ? null : target);
        return verb switch
        {
            "predict" => PredictAsync(http, serving),
            "classify" => ResultsAsync(http, serving, "classification", WriteClasses),
            "regress" => ResultsAsync(http, serving, "regression", (writer, prediction, row) => writer.WriteNumberValue(prediction.Values![row])),
            _ => throw new RequestFault($"\"{call}\" must end in :predict, :classify or :regress", 404),
        };

        void WriteClasses(Utf8JsonWriter writer, Prediction prediction, int row) => WriteClassScores(writer, serving.Facts, prediction, row);
    }

    private static async Task PredictAsync(HttpContext http, Serving serving)
    {
        using var body = await http.ReadJsonAsync();
        var (rows, isColumnar) = Rows(serving.Reader, body.RootElement);
        var prediction = await serving.Model.PredictAsync(rows);
        await http.WriteJsonAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WritePredictions(isColumnar ? "outputs" : "predictions", prediction, serving.Facts);
            writer.WriteEndObject();
        });
    }

    private static async Task ResultsAsync(HttpContext http, Serving serving, string task, Action<Utf8JsonWriter, Prediction, int> write)
    {
        if (serving.Facts.Task != task) throw new RequestFault($"model \"{serving.Options.Name}\" is a {serving.Facts.Task} model; use :{(task == "regression" ? "classify" : "regress")} or :predict");
        using var body = await http.ReadJsonAsync();
        var rows = body.RootElement.Field("examples") is { } examples ? serving.Reader.Read(examples, "examples") : Rows(serving.Reader, body.RootElement).Rows;
        var prediction = await serving.Model.PredictAsync(rows);
        await http.WriteJsonAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results");
            for (var row = 0; row < prediction.Count; row++) write(writer, prediction, row);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static (FeatureRows Rows, bool IsColumnar) Rows(RowReader reader, JsonElement body) => (body.Field("instances"), body.Field("inputs")) switch
    {
        ({ ValueKind: JsonValueKind.Array } instances, null) => (reader.Read(instances, "instances"), false),
        ({ }, null) => throw new RequestFault("\"instances\" must be a list"),
        (null, { } inputs) => (reader.Read(inputs, "inputs"), true),
        _ => throw new RequestFault("the body must have exactly one of \"instances\" and \"inputs\""),
    };

    private static void WriteClassScores(Utf8JsonWriter writer, ModelFacts facts, Prediction prediction, int row)
    {
        if (prediction.Scores is null) throw new RequestFault("this model gives no probabilities; use :predict");
        writer.WriteStartArray();
        for (var i = 0; i < prediction.Width; i++)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(i < facts.Classes.Count ? facts.Classes[i] : $"{i}");
            writer.WriteNumberValue(prediction.Scores[row * prediction.Width + i]);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }
}
