using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Contract.Provenance;

/// <summary>How a step is carried out that makes an earlier step's result again: with what is recorded of that one instead of what there is now. The server gives it, as <c>customProperties.recipe</c> of the activity that it hands out.</summary>
public sealed record StepRecipe
{
    public const string Property = "recipe";

    /// <summary>Null: a new one, as for any step.</summary>
    public long? Seed { get; init; }

    /// <summary>Null: what the step's settings ask for.</summary>
    public StepEnvironment? Environment { get; init; }

    /// <summary>Script as it was run; null: as the settings say.</summary>
    public StepCode? Code { get; init; }

    /// <summary>Digests in place of what paths of the settings hold now.</summary>
    public IReadOnlyList<UsedFile>? Files { get; init; }

    /// <summary>Null for an ordinary step.</summary>
    public static StepRecipe? Of(JsonObject activity) => new FlowActivity(activity).CustomProperties[Property].Deserialize<StepRecipe>(ContractJson.Options);

    /// <summary>The activity with the recipe.</summary>
    public JsonObject Over(JsonObject activity)
    {
        var with = (JsonObject)activity.DeepClone();
        if (with["customProperties"] is not JsonObject) with["customProperties"] = new JsonObject();
        with["customProperties"]![Property] = JsonSerializer.SerializeToNode(this, ContractJson.Options);
        return with;
    }
}
