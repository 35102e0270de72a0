using Flows.Contract.Activities;
using Flows.Contract.Models;

namespace Flows.Library.Deployment;

/// <summary>Starts a registered model, or replaces what a deployment serves, and waits until it answers.</summary>
[Activity("Flows.DeployModel", "Deploy model", Category = "Deployment", Heavy = true, Description = "Serves a model of the library behind /serve/DEPLOYMENT.")]
public sealed class DeployModel : IActivity
{
    /// <summary>Name in the model library, typed or wired from Register model.</summary>
    [Input(Type = "String", Description = "Name in the model library; wire it from Register model.")] public required string Model { get; init; }

    [Input(Type = "Int32", Required = false, DisplayName = "Version", Description = "The newest when not wired.")] public int? ModelVersion { get; init; }

    /// <summary>Name of the deployment: the last part of its address. The model's name by default.</summary>
    [Setting(DisplayName = "Deployment name", Description = "Last part of the address; left empty: the model's name.")] public string? DeploymentName { get; init; }

    /// <summary>Environment of the project that it is put into. Whoever started the run must be allowed to deploy there.</summary>
    [Setting(DisplayName = "Environment", Description = "Left empty: where the deployment is already, else production. Whoever starts the run must be allowed to deploy there.")] public string? Environment { get; init; }

    [Output] public string Deployment { get; private set; } = "";

    [Output] public string Url { get; private set; } = "";

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var name = string.IsNullOrWhiteSpace(DeploymentName) ? Model : DeploymentName.Trim();
        context.Log.Write(LogLevel.Info, $"Starting {Model}{(ModelVersion is { } version ? $", version {version}," : "")} as '{name}'.");
        var deployed = await context.Deployments.DeployAsync(new DeploymentRequest(name, Model, ModelVersion) { Environment = string.IsNullOrWhiteSpace(Environment) ? null : Environment.Trim() }, cancellation);
        if (deployed.Status is DeploymentStatus.Failed) throw new ActivityFault($"The deployment '{name}' failed: {deployed.Message}");

        (Deployment, Url) = (deployed.Name, context.ServerUrl.TrimEnd('/') + deployed.Path);
        context.Log.Write(LogLevel.Info, $"{deployed.Model}, version {deployed.Version}, answers at {Url}.");
    }
}
