using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Library.Data;

namespace Flows.Library.Deployment;

/// <summary>Asks a deployment for the first rows of a table, through the same gateway that everybody else asks.</summary>
[Activity("Flows.RequestPrediction", "Request prediction", Category = "Deployment", Description = "Sends rows to a deployment and gives its answers.")]
public sealed class RequestPrediction : IActivity
{
    private const int LoggedLength = 400;

    [Input(Type = "String")] public required string Deployment { get; init; }

    [Input(Type = "Table")] public required Artifact Rows { get; init; }

    /// <summary>Rows to send, 1 to 1,000. Default 1.</summary>
    [Setting, Range(1, 1000)] public int Count { get; init; } = 1;

    /// <summary>One answer for each row.</summary>
    [Output(Type = "Object")] public JsonArray Predictions { get; private set; } = [];

    /// <summary>The first answer as text.</summary>
    [Output] public string Answer { get; private set; } = "";

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        using var rows = await context.OpenAsync(Rows, "rows", cancellation);
        var instances = Instances(rows);
        if (instances.Count == 0) throw new ActivityFault("The table has no rows to send.");

        var request = new JsonObject { ["instances"] = instances };
        context.Log.Write(LogLevel.Info, $"Asked '{Deployment}': {Short(instances[0]!)}{(instances.Count > 1 ? $" and {instances.Count - 1} more" : "")}");
        var answer = await context.Deployments.AskAsync(Deployment, "v1/models/model:predict", request, cancellation);
        Predictions = answer?["predictions"]?.DeepClone() as JsonArray ?? throw new ActivityFault($"'{Deployment}' answered without predictions: {Short(answer)}");
        Answer = (Predictions.Count > 0 ? Predictions[0] : null).AsText() ?? "";
        context.Log.Write(LogLevel.Info, $"Answered: {Short(Predictions)}");
    }

    private JsonArray Instances(TableDatabase rows) => rows.Read($"SELECT * FROM rows LIMIT {Count}", reader =>
    {
        var instances = new JsonArray();
        while (reader.Read())
        {
            var instance = new JsonObject();
            for (var column = 0; column < reader.FieldCount; column++) instance[reader.GetName(column)] = TableCell.ToJson(reader, column);
            instances.Add(instance);
        }
        return instances;
    });

    private static string Short(JsonNode? json)
    {
        var text = json?.ToJsonString(ContractJson.Options) ?? "nothing";
        return text.Length > LoggedLength ? text[..LoggedLength] + "…" : text;
    }
}
