using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Hub.Runs;

namespace Flows.Hub.Cli;

/// <summary><c>reproduce RUN</c>: a run made again from its record, and compared.</summary>
internal static class ReproduceVerb
{
    // Exit 1 for one that diverged.
    public static Command Command()
    {
        var shared = new SharedOptions();
        var run = new Argument<string>("RUN") { Description = "Id of a run that is over." };
        var current = new Option<string[]>("--current") { Description = "Take data, code, environment or seed as it is now instead of from the record; may be given again." };
        var seed = new Option<long?>("--seed") { Description = "In place of the recorded seeds." };
        var tolerance = new Option<double?>("--tolerance") { Description = "Relative difference up to which metrics are equal. Default 0.000001." };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON on standard output." };
        var command = new Command("reproduce", "Make a run again from its record and say whether it is the same.") { run, current, seed, tolerance, json };
        shared.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var how = new Reproduction { Current = parsed.GetValue(current) ?? [], Seed = parsed.GetValue(seed) };
            if (parsed.GetValue(tolerance) is { } share) how = how with { Tolerance = share };
            await using var client = await shared.ConnectAsync(parsed);
            var id = Uri.EscapeDataString(parsed.GetValue(run)!);
            var started = await client.PostAsync<RunStarted>($"/api/runs/{id}/reproduce", (JsonObject)JsonSerializer.SerializeToNode(how, ContractJson.Options)!);
            await new RunWatcher(client, Console.Error).WatchAsync(started.RunId, waits: true, cancellation);
            var verdict = (await client.GetAsync<IReadOnlyList<RunVerdict>>($"/api/runs/{id}/verdicts")).FirstOrDefault(one => one.ReproductionId == started.RunId)
                ?? throw new CommandFault($"No verdict was given on run {started.RunId}.");
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(verdict, ContractJson.Indented) : verdict.Text);
            return verdict.Verdict == Verdict.Diverged ? CommandLine.Exit.Faulted : CommandLine.Exit.Finished;
        });
        return command;
    }
}
