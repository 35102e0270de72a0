using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Training;

namespace Flows.Library.Models;

/// <summary>Puts a model into the model library as the next version of its name, with the figures that speak for it.</summary>
[Activity("Flows.RegisterModel", "Register model", Category = "Models", Description = "Adds a model to the model library as a new version.")]
public sealed class RegisterModel : IActivity
{
    [Input(Type = "Model")] public required Artifact Model { get; init; }

    /// <summary>Figures that are kept with the version: a metrics artifact or an object of numbers.</summary>
    [Input(Type = "Metrics", Required = false)] public JsonObject? Metrics { get; init; }

    // An activity's own `name` and `version` stand in the same JSON object: no property may be called so.
    [Setting(Required = true, DisplayName = "Model name", Description = "Letters, digits, - and _.")] public string ModelName { get; init; } = "";

    [Setting(Editor = "multiline")] public string? Description { get; init; }

    [Output(DisplayName = "Name")] public string RegisteredName { get; private set; } = "";

    [Output(DisplayName = "Version")] public int RegisteredVersion { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(ModelName)) throw new ActivityFault("'modelName' is empty: give the model a name in the library.");
        if (Model.Kind != "Model") throw new ActivityFault($"Input 'model' needs a model, but '{Model.Name}' is a {Model.Kind}.");

        var registration = new ModelRegistration(ModelName.Trim(), Model) { Description = Description ?? "", Metrics = MetricsFile.Read(Metrics) };
        var registered = await context.Models.RegisterAsync(registration, cancellation);
        (RegisteredName, RegisteredVersion) = (registered.Name, registered.Version);
        context.Log.Write(LogLevel.Info, $"Registered {RegisteredName}, version {RegisteredVersion}.");
    }
}
