using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;
using Flows.Library.Training;

namespace Flows.Library.Python;

/// <summary>Takes what a script wrote: for each declared output the file or folder of its name, whatever the extension.</summary>
internal static class ScriptOutputs
{
    private static readonly string[] Values = ["Object", "String", "Double", "Int32", "Int64", "Boolean"];

    public static async Task CollectAsync(ActivityContext context, ScriptPorts ports, string folder, CancellationToken cancellation)
    {
        await TakeMetricsAsync(context, folder, cancellation);
        foreach (var (name, type) in ports.Outputs)
        {
            var path = Find(folder, name) ?? throw new ActivityFault(
                $"The script did not write its output '{name}': there is no '{name}' with any extension in FLOWS_OUTPUT_DIR. Write it to flows.output(\"{name}\").");
            context.Outputs[name] = await TakeAsync(context, path, name, type, cancellation);
        }
    }

    private static string? Find(string folder, string name) =>
        Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal).FirstOrDefault(path => Path.GetFileName(path) == name || Path.GetFileNameWithoutExtension(path) == name);

    private static async Task<JsonNode?> TakeAsync(ActivityContext context, string path, string name, string type, CancellationToken cancellation)
    {
        if (new FileInfo(path).LinkTarget is not null) throw new ActivityFault($"Output '{name}' is a link. Write the file itself.");
        if (Values.Contains(type)) return Json(await File.ReadAllTextAsync(path, cancellation), name);
        if (type == "Table") return (await TableAsync(context, path, name, cancellation)).ToJson();

        var stored = await context.Artifacts.PutFileAsync(path, type, cancellation: cancellation);
        return type switch
        {
            "Metrics" => stored with { Facts = Json(await File.ReadAllTextAsync(path, cancellation), name) as JsonObject },
            "Model" => stored with { Facts = await ModelFactsAsync(path, name, cancellation) },
            _ => stored,
        } is var artifact ? artifact.ToJson() : null;
    }

    private static async Task<Artifact> TableAsync(ActivityContext context, string path, string name, CancellationToken cancellation)
    {
        var file = SourceFile.Of(path);
        using var database = new TableDatabase(context.WorkFolder);
        var query = file.Format() switch
        {
            FileFormat.Parquet => $"SELECT * FROM read_parquet({Sql.Text(path)})",
            FileFormat.Json => $"SELECT * FROM read_json_auto({Sql.Text(path)})",
            _ => new CsvTable(file, header: true, []).Query(database),
        };
        return await context.StoreAsync(database, query, name, cancellation);
    }

    // flows.model() writes them beside the model; a bare pickle is a model that only says so.
    private static async Task<JsonObject> ModelFactsAsync(string path, string name, CancellationToken cancellation)
    {
        var facts = Path.Combine(path, "facts.json");
        if (Directory.Exists(path) && File.Exists(facts) && Json(await File.ReadAllTextAsync(facts, cancellation), name) is JsonObject known) return known;
        return new JsonObject { ["format"] = Path.GetExtension(path) is ".pkl" or ".joblib" or ".pickle" ? "pickle" : "file" };
    }

    private static async Task TakeMetricsAsync(ActivityContext context, string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "metrics.json");
        if (!File.Exists(path)) return;
        foreach (var (name, value) in MetricsFile.Read(Json(await File.ReadAllTextAsync(path, cancellation), "metrics"))) context.Metrics[name] = value;
    }

    private static JsonNode? Json(string text, string name)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException broken)
        {
            throw new ActivityFault($"Output '{name}' is not JSON: {broken.Message}", broken);
        }
    }
}
