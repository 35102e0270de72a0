using System.CommandLine;
using Flows.Contract.Activities;
using Flows.Hub.Runners;

namespace Flows.Hub.Cli;

/// <summary><c>runner</c>: a machine that carries out steps for a server.</summary>
internal static class RunnerVerb
{
    private static readonly Option<string> Data = new("--data") { Description = "The runner's own folder.", DefaultValueFactory = _ => "runner-data" };
    private static readonly Option<string> Labels = new("--labels") { Description = "What this machine has, separated by commas: gpu,big-memory.", DefaultValueFactory = _ => "" };
    private static readonly Option<int> Capacity = new("--capacity") { Description = "Steps at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<string?> Name = new("--name") { Description = "What the runner is called; by default after the machine and the folder." };
    private static readonly Option<double> Grace = new("--grace") { Description = "Seconds that steps get to end by themselves when the runner has to go.", DefaultValueFactory = _ => 30 };
    private static readonly Option<double> Copies = new("--copies") { Description = "Gigabytes of artifacts to keep copies of.", DefaultValueFactory = _ => RunnerOptions.DefaultCopies };
    private static readonly Option<string?> Once = new("--once") { Description = "Carry out this step only, over HTTP, and end." };

    public static Command Command()
    {
        var shared = new SharedOptions();
        var command = new Command("runner", "Carry out steps on this machine for a server.") { shared.Server, shared.Token, shared.Storage, Data, Labels, Capacity, Name, Grace, Copies, Once };
        command.SetAction((parsed, cancellation) => RunnerProgram.RunAsync(Options(parsed, shared), cancellation));
        return command;
    }

    private static RunnerOptions Options(ParseResult parsed, SharedOptions shared)
    {
        var servers = Words(parsed.GetValue(shared.Server) ?? throw new CommandFault("Say which server: --server URL, several separated by commas."));
        if (servers.FirstOrDefault(server => !Uri.TryCreate(server, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) is { } bad) throw new CommandFault($"'{bad}' is no server's address.");
        var token = parsed.GetValue(shared.Token) ?? throw new CommandFault("Say the token: --token T. It is in the server's data folder in 'runner-token'.");
        var labels = Words(parsed.GetValue(Labels)!);
        if (labels.FirstOrDefault(label => !PlacementWish.IsLabel(label)) is { } wrong) throw new CommandFault($"'{wrong}' is no label: {PlacementWish.LabelRule}.");
        var capacity = parsed.GetValue(Capacity);
        if (capacity is < 1 or > RunnerRegistration.MostCapacity) throw new CommandFault($"--capacity is 1 to {RunnerRegistration.MostCapacity} steps.");
        var data = Path.GetFullPath(parsed.GetValue(Data)!);
        return new RunnerOptions(servers, token)
        {
            Storage = parsed.GetValue(Once) is null ? parsed.GetValue(shared.Storage) : null,
            Name = parsed.GetValue(Name) ?? MachineName.OfRunner(data),
            Labels = labels,
            Capacity = capacity,
            Data = data,
            CopiesGigabytes = Math.Clamp(parsed.GetValue(Copies), 0.001, 100_000),
            Grace = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(Grace), 0, 86_400)),
            Once = parsed.GetValue(Once),
        };
    }

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
