using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Library.Data;

namespace Flows.Library.Python;

/// <summary>Hands a script its inputs: each a path, tables as CSV with a header, plain values as a JSON file.</summary>
internal static class ScriptInputs
{
    public static async Task<Dictionary<string, string>> EnvironmentAsync(ActivityContext context, ScriptPorts ports, string outputs, IReadOnlyList<string> secrets, CancellationToken cancellation)
    {
        var environment = StepVariables.Of(context, outputs);
        var folder = Directory.CreateDirectory(Path.Combine(context.WorkFolder, "inputs")).FullName;
        foreach (var (name, _) in ports.Inputs)
        {
            var value = context.Inputs[name] ?? throw new ActivityFault($"Input '{name}' has no value: wire an output to it.");
            environment["FLOWS_INPUT_" + StepVariables.Name(name)] = await PathOfAsync(context, folder, name, value, cancellation);
        }
        foreach (var (name, value) in ports.Parameters(context.Inputs)) environment["FLOWS_PARAM_" + StepVariables.Name(name)] = value;
        foreach (var name in secrets) environment["FLOWS_SECRET_" + StepVariables.Name(name)] = await context.Secrets.OpenAsync(name, cancellation);
        return environment;
    }

    private static async Task<string> PathOfAsync(ActivityContext context, string folder, string name, JsonNode value, CancellationToken cancellation)
    {
        if (Artifact.From(value) is not { } artifact)
        {
            var json = Path.Combine(folder, StepVariables.Name(name) + ".json");
            await File.WriteAllTextAsync(json, value.ToJsonString(Contract.ContractJson.Options), cancellation);
            return json;
        }
        if (artifact.Kind != "Table") return await context.Artifacts.FetchAsync(artifact, cancellation);

        var path = Path.Combine(folder, StepVariables.Name(name) + ".csv");
        using var rows = await context.OpenAsync(artifact, name, cancellation);
        rows.Execute($"COPY rows TO {Sql.Text(path)} (FORMAT csv, HEADER true)", cancellation);
        return path;
    }
}
