using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

internal sealed partial class EditWork
{
    // Variables that wires made go with the last wire; those that people declared stay.
    private const string WirePrefix = "wire-";

    private string? BindData(FlowEdit.BindData bind)
    {
        if (draft.Find(bind.Source) is not { } source) return Missing(bind.Source);
        if (draft.Find(bind.Target) is not { } target) return Missing(bind.Target);
        if (ConnectionRules.Data(draft, bind.Source, bind.Output, bind.Target, bind.Input) is { } refusal) return refusal;

        if (target.Input(bind.Input)?.VariableId is not null) UnbindData(bind.Target, bind.Input);
        var variable = VariableOf(source, bind.Output, bind.Type);
        Ledger.Set(target.Json, bind.Input, FlowInput.ReadVariable(variable));
        _touched.UnionWith([bind.Source, bind.Target]);
        return ConnectionRules.Leads(draft, bind.Source, bind.Target) ? null : Connect(bind.Source, "Done", bind.Target);
    }

    private FlowVariable VariableOf(FlowActivity source, string output, string type)
    {
        if (source.OutputTarget(output) is { } bound && DataWires.Variables(draft).FirstOrDefault(v => v.Id == bound || v.Name == bound) is { } there)
            return there;

        var variable = FreshVariable(source.Id, output, type);
        Ledger.Add(Ledger.ListOf(draft.Flow.Json, "variables"), variable.Json);
        Ledger.Set(source.Json, output, new JsonObject
        {
            ["typeName"] = variable.TypeName,
            ["memoryReference"] = new JsonObject { ["id"] = variable.Id },
        });
        return variable;
    }

    private FlowVariable FreshVariable(string source, string output, string type)
    {
        var taken = DataWires.Variables(draft).SelectMany(v => new[] { v.Name, v.Id }).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var stem = source + char.ToUpperInvariant(output[0]) + output[1..];
        var (name, number) = (stem, 1);
        while (taken.Contains(name) || taken.Contains(WirePrefix + name)) name = stem + ++number;
        return FlowVariable.New(WirePrefix + name, name, WireTypes.Variable(type));
    }

    private string? UnbindData(string target, string input)
    {
        if (draft.Find(target) is not { } reader) return Missing(target);
        var variable = reader.Input(input)?.VariableId;
        Ledger.Remove(reader.Json, input);
        _touched.Add(target);
        if (variable is not null) DropIfUnused(variable);
        return null;
    }

    /// <summary>Takes a node's data wires away, both those it reads and those it feeds.</summary>
    private void UnwireData(string id)
    {
        var activity = draft.Find(id)!;
        foreach (var (input, _) in DataWires.Reads(activity).ToList()) UnbindData(id, input);
        foreach (var (_, variable) in DataWires.Writes(activity).Where(write => write.Variable.StartsWith(WirePrefix, StringComparison.Ordinal)).ToList())
            foreach (var reader in draft.Index.All.ToList())
                foreach (var (input, _) in DataWires.Reads(reader).Where(read => read.Variable == variable).ToList())
                    UnbindData(reader.Id, input);
    }

    private void DropIfUnused(string variable)
    {
        if (!variable.StartsWith(WirePrefix, StringComparison.Ordinal)) return;
        if (draft.Index.All.Any(activity => DataWires.Reads(activity).Any(read => read.Variable == variable))) return;
        if (DataWires.IsSpokenOf(draft, variable[WirePrefix.Length..])) return;
        foreach (var writer in draft.Index.All.ToList())
            foreach (var (output, _) in DataWires.Writes(writer).Where(write => write.Variable == variable).ToList())
            {
                Ledger.Remove(writer.Json, output);
                _touched.Add(writer.Id);
            }
        RemoveVariable(variable);
    }

    private string? AddVariable(JsonObject variable)
    {
        var name = variable.Text("name") ?? "";
        if (name.Length == 0) return "A variable needs a name.";
        if (draft.Flow.Variables.Any(v => v.Name == name)) return $"There is already a variable '{name}'.";
        Ledger.Add(Ledger.ListOf(draft.Flow.Json, "variables"), variable.DeepClone());
        return null;
    }

    private string? ChangeVariable(FlowEdit.ChangeVariable change)
    {
        var at = PlaceOf(change.Id, out var list);
        if (at < 0) return $"There is no variable '{change.Id}'.";
        var there = (JsonObject)list![at]!;
        foreach (var (key, value) in change.Variable.ToList()) Ledger.Set(there, key, value?.DeepClone());
        return null;
    }

    private string? RemoveVariable(string id)
    {
        var at = PlaceOf(id, out var list);
        if (at >= 0) Ledger.RemoveAt(list!, at);
        return null;
    }

    private int PlaceOf(string id, out JsonArray? list)
    {
        list = JsonReading.Unwrap(draft.Flow.Json["variables"]) as JsonArray;
        for (var i = 0; i < (list?.Count ?? 0); i++)
            if (list![i] is JsonObject json && new FlowVariable(json).Id == id) return i;
        return -1;
    }
}
