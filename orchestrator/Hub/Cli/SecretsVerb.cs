using System.CommandLine;
using System.Text.Json.Nodes;
using Flows.Contract.Secrets;

namespace Flows.Hub.Cli;

/// <summary><c>secrets list</c>, <c>secrets set</c>, <c>secrets delete</c>: a project's secrets by name. A value comes from standard input, since arguments are seen by everybody on the machine and kept in histories.</summary>
internal static class SecretsVerb
{
    public static Command Command() => new("secrets", "Secrets that steps use by name.") { List(), Set(), Delete() };

    private static Command List()
    {
        var (shared, project) = (new SharedOptions(), Project());
        var command = new Command("list", "Names of the project's secrets; nothing gives a value back.") { project };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            foreach (var secret in await hub.GetAsync<IReadOnlyList<SecretSummary>>("/api/secrets" + In(parsed.GetValue(project)))) Console.WriteLine(secret.Name);
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    private static Command Set()
    {
        var (shared, project, name) = (new SharedOptions(), Project(), Name());
        var command = new Command("set", "Keep what comes on standard input as a secret; one line break at its end is no part of it.") { name, project };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            var text = await Console.In.ReadToEndAsync();
            var value = text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
            await using var hub = await shared.ConnectAsync(parsed);
            await hub.PutAsync(Of(parsed.GetValue(name)!) + In(parsed.GetValue(project)), new JsonObject { ["value"] = value });
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    private static Command Delete()
    {
        var (shared, project, name) = (new SharedOptions(), Project(), Name());
        var command = new Command("delete", "Forget a secret; what names it runs no more.") { name, project };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            await hub.DeleteAsync(Of(parsed.GetValue(name)!) + In(parsed.GetValue(project)));
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The secret's name." };

    private static Option<string?> Project() => new("--project") { Description = "Whose secret it is; the default project's without it." };

    private static string Of(string name) => $"/api/secrets/{Uri.EscapeDataString(name)}";

    private static string In(string? project) => project is null ? "" : $"?project={Uri.EscapeDataString(project)}";
}
