using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Hub.Runs;

/// <summary>How important a run is: what whoever started it says, else <c>customProperties.priority</c> of its flow, else 0.</summary>
internal static class RunPriority
{
    public static int Of(RunRow row, FlowDefinition flow) => KeptSteps.RequestOf(row).Priority is { } said
        ? Math.Clamp(said, -PolicyFields.MostPriority, PolicyFields.MostPriority)
        : PlacementWish.PriorityOf((flow.Json["customProperties"] as JsonObject)?["priority"]);
}
