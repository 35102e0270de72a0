using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Hub.Artifacts.Collection;

namespace Flows.Hub.Cli;

/// <summary><c>artifacts gc</c>, <c>artifacts verify</c>: the store as a whole.</summary>
internal static class ArtifactsVerb
{
    public static Command Command() => new("artifacts", "The stored bytes: remove what nothing names, find what is damaged.") { Collect(), Verify() };

    private static Command Collect()
    {
        var shared = new SharedOptions();
        var trial = new Option<bool>("--dry-run") { Description = "Only say what would be removed." };
        var hours = new Option<double?>("--older-than") { Description = "Hours since it was stored or read, at least 1. Default 24." };
        var command = new Command("gc", "Remove artifacts that no record, file, data set, model or result names.") { trial, hours };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            var age = parsed.GetValue(hours) is { } given ? $"&olderThanHours={given.ToString(CultureInfo.InvariantCulture)}" : "";
            var done = await hub.PostAsync<Collected>($"/api/artifacts/collect?dryRun={(parsed.GetValue(trial) ? "true" : "false")}{age}", new JsonObject());
            foreach (var digest in done.Damaged) await Console.Error.WriteLineAsync($"damaged: {digest}, a folder; what it may have held stays");
            foreach (var digest in done.Examples) Console.WriteLine(digest);
            Console.WriteLine($"{done.Artifacts} artifacts with {done.Bytes:N0} bytes {(done.IsTrial ? "would go" : "are gone")}, {done.Kept} stay");
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    // Exit 1 when something is damaged.
    private static Command Verify()
    {
        var shared = new SharedOptions();
        var command = new Command("verify", "Read every artifact and name those whose bytes are no longer what they were.");
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            var found = await hub.PostAsync<Verified>("/api/artifacts/verify", new JsonObject());
            foreach (var digest in found.Damaged) await Console.Error.WriteLineAsync($"damaged: {digest}");
            Console.WriteLine($"{found.Artifacts} artifacts, {found.Damaged.Count} damaged");
            return found.Damaged.Count == 0 ? CommandLine.Exit.Finished : CommandLine.Exit.Faulted;
        });
        return command;
    }
}
