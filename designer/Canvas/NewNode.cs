using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>JSON of a freshly placed activity.</summary>
public static class NewNode
{
    public static JsonObject Of(ActivityDescriptor descriptor, string id, double x, double y)
    {
        var node = new JsonObject
        {
            ["id"] = id,
            ["type"] = descriptor.Type,
            ["version"] = descriptor.Version,
            ["name"] = char.ToUpperInvariant(id[0]) + id[1..],
            ["customProperties"] = new JsonObject(),
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = y } } },
        };
        foreach (var input in descriptor.Inputs.Where(input => input is { IsPort: false, Default: not null }))
            node[input.Name] = FlowInput.Literal(input.Type, input.Default!.DeepClone());
        if (descriptor.WorkflowDefinitionId is { } flow) Name(node, flow, descriptor);
        return node;
    }

    // As Elsa Studio writes it.
    private static void Name(JsonObject node, string flow, ActivityDescriptor descriptor)
    {
        node["workflowDefinitionId"] = flow;
        node["workflowDefinitionVersionId"] = descriptor.WorkflowDefinitionVersionId;
        node["latestAvailablePublishedVersionId"] = descriptor.WorkflowDefinitionVersionId;
        node["latestAvailablePublishedVersion"] = descriptor.Version;
    }
}
