using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>The values that cross the border of a selection: what becomes inputs and outputs of a flow that is made of it.</summary>
internal sealed class CrossingValues
{
    private static readonly HashSet<string> Reserved = ["id", "nodeId", "type", "name", "version", "metadata", "customProperties", "workflowDefinitionId", "workflowDefinitionVersionId", "activities", "connections", "variables"];
    private readonly IReadOnlyList<FlowActivity> _chosen;
    private readonly List<FlowActivity> _others;
    private readonly Dictionary<string, FlowVariable> _known = [];
    private readonly HashSet<string> _readInside;

    public CrossingValues(FlowDraft draft, IReadOnlyList<FlowActivity> chosen)
    {
        _chosen = chosen;
        var inside = chosen.SelectMany(activity => activity.SelfAndDescendants()).Select(activity => activity.Id).ToHashSet();
        _others = [.. draft.Index.All.Where(activity => !inside.Contains(activity.Id)).Select(activity => new FlowActivity(Shallow(activity)))];
        foreach (var variable in DataWires.Variables(draft)) { _known.TryAdd(variable.Id, variable); _known.TryAdd(variable.Name, variable); }
        foreach (var output in draft.Flow.Outputs) _known.TryAdd(output.Name, FlowVariable.New(output.Name, output.Name, output.Type));

        _readInside = [.. chosen.SelectMany(activity => Spoken.Variables(activity.Json)).Select(IdOf)];
        var written = chosen.SelectMany(Spoken.Written).Select(IdOf).ToHashSet();
        var readOutside = _others.SelectMany(activity => Spoken.Variables(activity.Json)).Select(IdOf).ToHashSet();
        var writtenOutside = _others.SelectMany(Spoken.Written).Select(IdOf).ToHashSet();
        bool IsOutside(string id) => readOutside.Contains(id) || writtenOutside.Contains(id) || Spoken.Of(_others, Of(id).Name) || draft.Flow.Outputs.Any(output => output.Name == id);

        var taken = new HashSet<string>(Reserved, StringComparer.OrdinalIgnoreCase);
        Inputs = Named(_readInside.Where(id => !written.Contains(id)), taken);
        Outputs = Named(written.Where(IsOutside), taken);
        Inner = [.. written.Where(id => !IsOutside(id)).Select(Of)];
        Torn = [.. written.Where(id => writtenOutside.Contains(id))];
    }

    /// <summary>Values that come from outside, by the variable's id: what the new flow's input is called.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; }

    /// <summary>Values that others read.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; }

    /// <summary>Variables that only the chosen nodes know.</summary>
    public IReadOnlyList<FlowVariable> Inner { get; }

    private IReadOnlyList<string> Torn { get; }

    /// <summary>Also read by chosen nodes: the new flow keeps it in a variable and gives it when it ends.</summary>
    public bool IsReadInside(string id) => _readInside.Contains(id) || Spoken.Of(_chosen, Of(id).Name);

    public FlowVariable Of(string id) => _known.GetValueOrDefault(id) ?? FlowVariable.New(id, id, "Object");

    public string IdOf(string idOrName) => Of(idOrName).Id;

    public string? Refusal(Func<string, string> title)
    {
        if (Torn.Count > 0) return $"'{Of(Torn[0]).Name}' is written both by the chosen nodes and by others.";
        if (_known.Values.Distinct().FirstOrDefault(variable => !Inner.Any(inner => inner.Id == variable.Id) && !Outputs.ContainsKey(variable.Id) && Spoken.Of(_chosen, variable.Name)) is { } read)
            return $"A script of the chosen nodes reads '{read.Name}'; let an input read it instead, so that it can be handed over.";
        if (_chosen.FirstOrDefault(activity => Spoken.Of(_others, activity.Name ?? activity.Id)) is { } named)
            return $"A script outside reads what {title(named.Id)} gave; let it go through a variable instead.";
        return _others.FirstOrDefault(other => !other.IsFlowchart && Spoken.Of(_chosen, other.Name ?? other.Id)) is { } outside
            ? $"A script of the chosen nodes reads what {title(outside.Id)} gave; let it go through a variable instead." : null;
    }

    // Inputs and outputs are properties of one node.
    private Dictionary<string, string> Named(IEnumerable<string> ids, HashSet<string> taken)
    {
        var named = new Dictionary<string, string>();
        foreach (var id in ids.Distinct())
        {
            var (stem, number) = (Of(id).Name, 1);
            var name = stem;
            while (!taken.Add(JsonNamingPolicy.CamelCase.ConvertName(name))) name = stem + ++number;
            named[id] = name;
        }
        return named;
    }

    // A container is asked for its own values; what is in it answers for itself.
    private static JsonObject Shallow(FlowActivity activity)
    {
        var slots = activity.Children().Select(child => child.Slot.Split('[')[0]).ToHashSet();
        return slots.Count == 0 ? activity.Json : new JsonObject(activity.Json.Where(property => !slots.Contains(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
    }
}
