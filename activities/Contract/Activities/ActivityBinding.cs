using System.Reflection;
using System.Text.Json.Nodes;

namespace Flows.Contract.Activities;

/// <summary>Reads an activity class: its descriptor from attributes, its inputs from JSON, its outputs back to JSON.</summary>
internal static class ActivityBinding
{
    public static ActivityDescriptor? Describe(Type type) => type.GetCustomAttribute<ActivityAttribute>() is null ? null : throw new NotImplementedException();

    public static IActivity Create(Type type, JsonObject inputs) => throw new NotImplementedException();

    public static JsonObject Outputs(IActivity activity) => throw new NotImplementedException();
}
