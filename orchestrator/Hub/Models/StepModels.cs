using Flows.Contract.Models;

namespace Flows.Hub.Models;

/// <summary>The model library on behalf of one step: what it registers says so.</summary>
public sealed class StepModels(ModelRegistry registry, Origin origin) : IModels
{
    public Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellation = default) =>
        registry.RegisterAsync(registration, origin, cancellation);

    public Task<ModelVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) =>
        registry.FindAsync(name, version, origin.ProjectId, cancellation);
}
