using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Flows.Contract.Activities;

/// <summary>Reads an activity class: its descriptor from attributes, its inputs from JSON, its outputs back to JSON.</summary>
internal static class ActivityBinding
{
    private static readonly ConditionalWeakTable<Type, IReadOnlyList<ActivityProperty>> Known = [];

    public static ActivityDescriptor? Describe(Type type)
    {
        if (type.GetCustomAttribute<ActivityAttribute>() is not { } declared) return null;
        var fresh = Fresh(type);
        var properties = PropertiesOf(type);
        return new ActivityDescriptor
        {
            Type = declared.Type,
            DisplayName = declared.DisplayName,
            Category = declared.Category,
            Description = declared.Description,
            Inputs = [.. properties.Select(property => property.AsInput(fresh)).OfType<InputDescriptor>()],
            Outputs = [.. properties.Select(property => property.AsOutput()).OfType<OutputDescriptor>()],
            Outcomes = declared.Outcomes is { Length: > 0 } outcomes ? outcomes : ["Done"],
            Queue = declared.Heavy ? ActivityDescriptor.Default : ActivityDescriptor.Inline,
            DynamicInputs = declared.DynamicInputs,
            DynamicOutputs = declared.DynamicOutputs,
            Cacheable = declared.Cacheable,
            Repeatable = declared.Repeatable,
        };
    }

    public static IActivity Create(Type type, JsonObject inputs)
    {
        var activity = Fresh(type);
        foreach (var property in PropertiesOf(type).Where(property => property.IsRead)) property.Set(activity, inputs[property.Name]);
        return activity;
    }

    public static JsonObject Outputs(IActivity activity)
    {
        var outputs = new JsonObject();
        foreach (var property in PropertiesOf(activity.GetType()).Where(property => !property.IsRead))
            outputs[property.Name] = property.Read(activity);
        return outputs;
    }

    // Required members are set right after: the checks of the compiler do not reach reflection.
    private static IActivity Fresh(Type type) => (IActivity)Activator.CreateInstance(type)!;

    private static IReadOnlyList<ActivityProperty> PropertiesOf(Type type) =>
        Known.GetValue(type, static found => [.. found.GetProperties().Select(ActivityProperty.Of).OfType<ActivityProperty>()]);
}
