using System.CommandLine;
using Flows.Hub.Storage;
using Flows.Hub.Sync;

namespace Flows.Hub.Cli;

/// <summary><c>sync [DIR] --server URL --token T</c>: brings what this machine recorded to a server; what is there already is not sent again.</summary>
internal static class SyncVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "A folder that has .flows (of the Python SDK), or a data folder.", DefaultValueFactory = _ => new DirectoryInfo(".") };
        var project = new Option<string?>("--project") { Description = "Where the runs belong; else the token's project." };
        var watch = new Option<double?>("--watch") { Description = "Go on, and look again after so many seconds, until Ctrl-C." };
        var command = new Command("sync", "Bring runs, metrics, files and flows of this machine to a server.") { folder, project, watch, shared.Server, shared.Token };
        command.SetAction(async (parsed, cancellation) =>
        {
            var server = parsed.GetValue(shared.Server) ?? throw new CommandFault("There is no server: give --server URL, or set FLOWS_SERVER.");
            if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) throw new CommandFault($"\"{server}\" is no address of a server: give one such as https://flows.example.");
            var target = new SyncTarget(server, parsed.GetValue(shared.Token), parsed.GetValue(project));
            var from = parsed.GetValue(folder)!.FullName;
            // The server that a data folder is read with would take Ctrl-C for itself.
            using var interrupt = new Interrupt(cancellation);
            try { return parsed.GetValue(watch) is { } seconds ? await WatchAsync(from, target, TimeSpan.FromSeconds(Math.Max(1, seconds)), interrupt.Token) : await OnceAsync(from, target, interrupt.Token); }
            // Also what breaks because that server stops.
            catch (Exception broken) when (interrupt.Token.IsCancellationRequested && broken is (OperationCanceledException or CommandFault)) { return CommandLine.Exit.Cancelled; }
        });
        return command;
    }

    private static async Task<int> OnceAsync(string folder, SyncTarget to, CancellationToken cancellation, SyncRounds? rounds = null)
    {
        using var hub = new SyncClient(to.Server, to.Token, to.Project);
        try { await PushAsync(folder, hub, to, rounds ?? new SyncRounds(TimeProvider.System), cancellation); }
        catch (Exception broken) when (broken is HttpRequestException or IOException) { throw new CommandFault($"{broken.Message} What was sent is kept there; sync again to send the rest."); }
        Console.WriteLine($"{hub.Sent.Runs} new runs, {hub.Sent.Files} files, {hub.Sent.Entries} entries, {hub.Sent.Flows} flows");
        foreach (var refused in hub.Sent.Refused) await Console.Error.WriteLineAsync(refused);
        return hub.Sent.Refused.Count == 0 ? CommandLine.Exit.Finished : CommandLine.Exit.Faulted;
    }

    private static async Task<int> WatchAsync(string folder, SyncTarget to, TimeSpan pause, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(pause);
        var rounds = new SyncRounds(TimeProvider.System);
        do
        {
            try { await OnceAsync(folder, to, cancellation, rounds); }
            catch (CommandFault later) when (!cancellation.IsCancellationRequested) { await Console.Error.WriteLineAsync(later.Message); }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
        return CommandLine.Exit.Finished;
    }

    private static async Task PushAsync(string folder, SyncClient hub, SyncTarget to, SyncRounds rounds, CancellationToken cancellation)
    {
        var recorded = RecordedFolder.Find(folder);
        if (recorded is not null) await recorded.PushAsync(hub, cancellation);
        var data = ((string[])[folder, Path.Combine(folder, "data")]).FirstOrDefault(one => File.Exists(Path.Combine(one, "flows.db")) || DataFolder.OwnerOf(one) is not null);
        if (data is null && recorded is null) throw new CommandFault($"There is nothing to sync in {folder}: neither a folder .flows with runs nor a data folder.");
        if (data is null || rounds.HasNothingNew(data)) return;
        var before = hub.Sent.All;
        await using (var own = await HubClient.ConnectAsync(null, null, new HubOptions { Data = data, Capacity = 0 }))
        {
            using var laptop = new SyncClient(own.Url, null);
            await new DataFolderSync(laptop, hub, new SyncNotes(data, to.Server, to.Project)).PushAsync(cancellation);
        }
        rounds.Note(data, isAll: hub.Sent.All == before);
    }

    private sealed record SyncTarget(string Server, string? Token, string? Project);
}
