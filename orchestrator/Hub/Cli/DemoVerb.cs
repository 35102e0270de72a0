using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Builder;

namespace Flows.Hub.Cli;

/// <summary><c>demo</c>: handwritten digits from raw data to a model that answers, and the server stays up.</summary>
internal static class DemoVerb
{
    private const string Flow = "digits";

    public static Command Command()
    {
        var shared = new SharedOptions();
        var command = new Command("demo", "Run the digits flow from raw data to a deployed model, and stay up.");
        shared.AddTo(command, listens: true);
        command.SetAction(async (parsed, cancellation) =>
        {
            try { return await StayAsync(shared.Hub(parsed), cancellation); }
            catch (DataFolderOwned owned) when (owned.Url is not null)
            {
                await using var client = HubClient.To(owned.Url);
                return await TellAsync(client, "It is the server that has this data folder; it stays up.", cancellation);
            }
        });
        return command;
    }

    private static async Task<int> StayAsync(HubOptions options, CancellationToken cancellation)
    {
        await using var app = HubHost.Build(options);
        await app.StartAsync(cancellation);
        await using var client = HubClient.To(app.Services.GetRequiredService<HubAddress>().Url);
        var exit = await TellAsync(client, "The server stays up; Ctrl-C stops it.", cancellation);
        if (exit == CommandLine.Exit.Finished) await app.UntilStoppedAsync(cancellation);
        return exit;
    }

    private static async Task<int> TellAsync(HubClient client, string end, CancellationToken cancellation)
    {
        Console.WriteLine($"Flows is at {client.Url}. Installing '{Flow}' from the library and running it:");
        var installed = (await client.InstallAsync(Flow))[0];
        var run = await client.StartAsync(installed.DefinitionId, new RunRequest());
        var record = await new RunWatcher(client, Console.Out).WatchAsync(run, waits: true, cancellation);
        if (record.SubStatus != RunSubStatus.Finished) return CommandLine.Exit.Faulted;
        await AskAsync(client, record);
        Console.WriteLine($"\n{end}");
        return CommandLine.Exit.Finished;
    }

    private static async Task AskAsync(HubClient client, RunRecord record)
    {
        var metrics = record.Steps.Select(step => step.Metrics).LastOrDefault(found => found?.ContainsKey("accuracy") == true);
        var deployed = record.Steps.Last(step => step.ActivityType == "Flows.DeployModel").Outputs!["deployment"]!.GetValue<string>();
        var (row, truth) = await DemoDigit.HeldBackAsync(client, record);
        var deployment = await client.GetAsync<Deployment>($"/api/deployments/{deployed}");
        var body = new JsonObject { ["instances"] = new JsonArray(row.DeepClone()) };
        var route = $"{deployment.Path}/v1/models/{deployed}:predict";
        var request = Guid.NewGuid().ToString("N");
        var answer = await client.PostAsync<JsonObject>(route, body, request);
        Console.WriteLine($"""

            Accuracy on held-back digits: {metrics?["accuracy"]:0.0000}
            A held-back digit, which is a {truth}:

            {DemoDigit.Draw(row)}
            The deployed model says: {answer["predictions"]![0]!.ToJsonString(ContractJson.Options)}

            Ask it yourself (the answer is {truth}):
              curl -s {client.Url}{route} -H 'Content-Type: application/json' -d '{JsonSerializer.Serialize(body, ContractJson.Options)}'

            Look at it:
              the flow    {client.Url}/flows/{record.DefinitionId}
              this run    {client.Url}/runs/{record.Id}
              the model   {client.Url}/models
              what this answer came from, back to the raw data   {client.Url}/trace/prediction/{request}
            """);
    }
}
