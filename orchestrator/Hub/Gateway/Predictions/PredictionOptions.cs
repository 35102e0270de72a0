using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Gateway.Predictions;

/// <summary>Configuration <c>Predictions</c>.</summary>
public sealed record PredictionOptions
{
    /// <summary>Days for which it is kept that a deployment answered, 0 to 36,500. Default 400; 0 keeps nothing of them. What a deployment served when is kept for ever.</summary>
    [Range(0, 36_500)] public int KeepDays { get; init; } = 400;
}
