using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Hub.Cli;

/// <summary><c>run FILE</c>: import, run, watch.</summary>
internal static class RunVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var file = new Argument<FileInfo>("FILE") { Description = "The flow." };
        var imports = new Option<FileInfo[]>("--import") { Description = "Another flow that it uses; may be given again." };
        var inputs = new Option<string[]>("--input") { Description = "An input as name=value; the value is JSON, else text." };
        var json = new Option<bool>("--json") { Description = "Print the run record on standard output." };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait for timers and events: exit 3 when the run is suspended." };
        var command = new Command("run", "Import a flow and run it.") { file, imports, inputs, json, noWait };
        shared.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var flows = parsed.GetValue(imports)?.Select(found => FlowOnDisk.Read(found.FullName)).ToList() ?? [];
            var flow = FlowOnDisk.Read(parsed.GetValue(file)!.FullName);
            var request = new RunRequest { Inputs = Inputs(parsed.GetValue(inputs) ?? []) };
            await using var client = await shared.ConnectAsync(parsed);
            await FlowOnDisk.ImportAsync([.. flows, flow], client);
            var run = await client.StartAsync(flow.Flow.DefinitionId, request);
            var record = await new RunWatcher(client, Console.Error).WatchAsync(run, waits: !parsed.GetValue(noWait), cancellation);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(record, ContractJson.Indented));
            return ExitOf(record);
        });
        return command;
    }

    private static JsonObject Inputs(IEnumerable<string> pairs)
    {
        var inputs = new JsonObject();
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=');
            if (at <= 0) throw new CommandFault($"--input {pair}: name=value is expected.");
            inputs[pair[..at]] = Value(pair[(at + 1)..]);
        }
        return inputs;
    }

    private static JsonNode? Value(string text)
    {
        try { return JsonNode.Parse(text); }
        catch (JsonException) { return JsonValue.Create(text); }
    }

    private static int ExitOf(RunRecord run) => run.SubStatus switch
    {
        RunSubStatus.Finished => CommandLine.Exit.Finished,
        RunSubStatus.Cancelled => CommandLine.Exit.Cancelled,
        RunSubStatus.Faulted => CommandLine.Exit.Faulted,
        _ => CommandLine.Exit.Suspended,
    };
}
