using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Data wires by themselves: do both ends exist, do their types fit.</summary>
internal static class VariableChecks
{
    public static void Find(DataWiring wiring, Findings found)
    {
        var outputs = wiring.Flow.Flow.Outputs.Select(output => output.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var end in wiring.LooseEnds) LooseEnd(end, wiring, outputs, found);
        foreach (var variable in wiring.Variables)
        {
            var kinds = variable.Writers.Where(writing => writing.Output is not null).DistinctBy(writing => writing.Output!.Type).ToList();
            foreach (var reading in variable.Readers) Type(kinds, reading, found);
        }
        Parameters(wiring.Flow, found);
    }

    private static void LooseEnd(LooseEnd end, DataWiring wiring, HashSet<string> outputs, Findings found)
    {
        if (end.Output is not null)
        {
            if (!outputs.Contains(end.Id))
                found.Warn("dangling-wire", end.Node.Id, end.Field, $"The output '{end.Field}' of {end.Node.Title} goes into '{end.Id}', which is neither a variable nor an output of the flow.", "Wire it anew, or add the variable.");
            return;
        }
        var elsewhere = wiring.ExistsElsewhere(end.Id);
        found.Error("unknown-variable", end.Node.Id, end.Field,
            elsewhere ? $"{end.Node.Title} uses the variable '{end.Id}', which belongs to another container." : $"{end.Node.Title} uses the variable '{end.Id}', which does not exist.",
            elsewhere ? "Move the variable to a container around both, or to the flow." : "Add the variable, or wire the input to another output.");
    }

    private static void Type(List<Writing> kinds, Reading reading, Findings found)
    {
        if (reading.Input is not { IsPort: true } input) return;
        var misfit = kinds.Find(writing => !PortTypes.Fit(writing.Output!.Type, input.Type));
        if (misfit is null) return;
        found.Error("wire-type", reading.Node.Id, reading.Field,
            $"'{input.DisplayName}' of {reading.Node.Title} takes {input.Type}, but '{misfit.Output!.DisplayName}' of {misfit.Node.Title} gives {misfit.Output.Type}.",
            $"Wire an output of type {input.Type} to it.");
    }

    private static void Parameters(CheckedFlow flow, Findings found)
    {
        var known = flow.Flow.Inputs.Select(input => input.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var node in flow.Nodes)
        {
            foreach (var (field, input) in node.Expressions)
            {
                if (input.ExpressionType != ExpressionTypes.Input || VariableReference.NameIn(input.Value) is not { } name || known.Contains(name)) continue;
                found.Warn("unknown-parameter", node.Id, field, $"{node.Title} reads the parameter '{name}', which the flow does not declare.", "Add it to the flow's parameters, or choose another.");
            }
        }
    }
}
