using System.Reflection;
using System.Text.Json.Nodes;

namespace Flows.Contract.Activities;

/// <summary>Every activity this program knows, by type: the descriptors, and for those that are classes how to make one.</summary>
public sealed class ActivityCatalog
{
    private readonly Dictionary<string, ActivityDescriptor> _descriptors;
    private readonly Dictionary<string, Type> _classes = [];

    public ActivityCatalog(IEnumerable<ActivityDescriptor> descriptors) =>
        _descriptors = descriptors.ToDictionary(descriptor => descriptor.Type);

    /// <summary>The engine's own activities and every <see cref="IActivity"/> of the given assemblies.</summary>
    public static ActivityCatalog Of(params Assembly[] assemblies)
    {
        var catalog = new ActivityCatalog(EngineActivities.Descriptors);
        foreach (var type in assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsClass && !t.IsAbstract && typeof(IActivity).IsAssignableFrom(t)))
        {
            if (ActivityBinding.Describe(type) is not { } descriptor) continue;
            catalog._descriptors[descriptor.Type] = descriptor;
            catalog._classes[descriptor.Type] = type;
        }
        return catalog;
    }

    /// <summary>Whether C# expressions are evaluated here; null where that is not known, as in the browser.</summary>
    public bool? AllowsCSharp { get; private set; } = false;

    public ActivityCatalog Allowing(bool? cSharp)
    {
        AllowsCSharp = cSharp;
        return this;
    }

    public IReadOnlyCollection<ActivityDescriptor> Descriptors => _descriptors.Values;

    public ActivityDescriptor? Find(string type) => _descriptors.GetValueOrDefault(type);

    /// <summary>True when the activity is a class with a <c>RunAsync</c>, false when the engine itself knows what it does.</summary>
    public bool HasClass(string type) => _classes.ContainsKey(type);

    /// <summary>A new instance with its inputs and settings set.</summary>
    /// <exception cref="ActivityFault">An input is missing or of the wrong type; the message names it.</exception>
    public IActivity Create(string type, JsonObject inputs) => ActivityBinding.Create(_classes[type], inputs);

    /// <summary>Values of the instance's outputs by camelCase name.</summary>
    public static JsonObject Outputs(IActivity activity) => ActivityBinding.Outputs(activity);
}
