using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>Where OpenLineage events of runs go, configuration <c>Lineage</c>.</summary>
public sealed record LineageOptions
{
    /// <summary>Address that takes OpenLineage events, for example <c>https://marquez.example/api/v1/lineage</c>. Null, the default: none are sent.</summary>
    [Url] public string? Endpoint { get; init; }

    /// <summary>Sent as bearer token; null: none.</summary>
    public string? ApiKey { get; init; }
}
