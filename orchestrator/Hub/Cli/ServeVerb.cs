using System.CommandLine;
using Flows.Hub.Access.SigningIn;
using Flows.Hub.Runners;

namespace Flows.Hub.Cli;

/// <summary><c>serve</c>: server and designer.</summary>
internal static class ServeVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var command = new Command("serve", "Start the server and the designer.");
        shared.AddTo(command, listens: true);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var app = HubHost.Build(shared.Hub(parsed));
            await app.StartAsync(cancellation);
            Console.WriteLine($"Flows is at {app.Services.GetRequiredService<HubAddress>().Url}  (Ctrl-C stops it)");
            if (app.Services.GetRequiredService<SetupCode>() is { } setup && await setup.IsWantedAsync(cancellation))
                Console.WriteLine($"There is no account yet. Make the first one at {app.Services.GetRequiredService<HubAddress>().Url}/setup with the setup code {setup.Value}");
            await app.UntilStoppedAsync(cancellation);
            return CommandLine.Exit.Finished;
        });
        return command;
    }
}
