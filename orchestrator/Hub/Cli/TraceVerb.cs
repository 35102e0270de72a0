using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Hub.Cli;

/// <summary><c>trace KIND/ID</c>: what a thing came from, or what came of it.</summary>
internal static class TraceVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var thing = new Argument<string>("KIND/ID") { Description = "run, artifact, dataset, modelVersion, deployment or prediction, and its id: modelVersion/digits:3." };
        var forward = new Option<bool>("--forward") { Description = "What came of it, instead of what it came from." };
        var verify = new Option<bool>("--verify") { Description = "Hash every artifact on the way again; exit 1 when one is damaged." };
        var json = new Option<bool>("--json") { Description = "The trace as JSON." };
        var format = new Option<string?>("--format") { Description = "openlineage, intoto or prov." };
        var command = new Command("trace", "What a run, artifact, data set, model, deployment or prediction came from.") { thing, forward, verify, json, format };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            var path = Path(parsed.GetValue(thing)!, parsed.GetValue(forward), parsed.GetValue(verify));
            if (parsed.GetValue(format) is { } name) return Write(await hub.GetAsync<JsonNode>($"{path}&format={Uri.EscapeDataString(name)}"));
            var answer = await hub.GetAsync<JsonNode>(path);
            var trace = answer.Deserialize<Trace>(ContractJson.Options)!;
            if (parsed.GetValue(json)) Write(answer);
            else foreach (var line in TraceTree.Of(trace)) Console.WriteLine(line);
            return trace.Damaged is { Count: > 0 } ? CommandLine.Exit.Faulted : CommandLine.Exit.Finished;
        });
        return command;
    }

    private static string Path(string thing, bool forward, bool verify)
    {
        if (thing.Split('/', 2) is not [{ Length: > 0 } kind, { Length: > 0 } id]) throw new CommandFault($"\"{thing}\" names nothing: say KIND/ID, for example modelVersion/digits:3.");
        return $"/api/trace/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(id)}?direction={(forward ? "forward" : "back")}{(verify ? "&verify=true" : "")}";
    }

    private static int Write(JsonNode answer)
    {
        Console.WriteLine(answer.ToJsonString(ContractJson.Indented));
        return CommandLine.Exit.Finished;
    }
}
