using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Audit;
using Flows.Hub.Audit;

namespace Flows.Hub.Cli;

/// <summary><c>audit verify</c>, <c>audit export</c>, <c>audit cut</c>: the log of who did what.</summary>
internal static class AuditVerb
{
    public static Command Command() => new("audit", "The audit log: who did what, to what, from where.") { Verify(), Export(), Cut() };

    // Exit 1 for a log that is damaged.
    private static Command Verify()
    {
        var shared = new SharedOptions();
        var head = new Option<string?>("--head") { Description = "A head that was kept elsewhere, as SEQ:HASH." };
        var command = new Command("verify", "Say whether every row is as it was written; else name the first that is not.") { head };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            var verdict = await hub.GetAsync<AuditVerdict>($"/api/audit/verify?head={Uri.EscapeDataString(parsed.GetValue(head) ?? "")}");
            if (verdict.Message is { } damage) await Console.Error.WriteLineAsync(damage);
            Console.WriteLine($"{verdict.Rows} rows are as they were written; the last of them is {verdict.Head}");
            return verdict.Damage is null ? CommandLine.Exit.Finished : CommandLine.Exit.Faulted;
        });
        return command;
    }

    private static Command Export()
    {
        var shared = new SharedOptions();
        var file = new Argument<FileInfo>("FILE") { Description = "Where to write JSON Lines." };
        var command = new Command("export", "Write every row as JSON Lines.") { file };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            await using var target = parsed.GetValue(file)!.Create();
            await hub.DownloadAsync("/api/audit/export", target);
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    private static Command Cut()
    {
        var shared = new SharedOptions();
        var before = new Option<DateTime>("--before") { Description = "Rows of before this day (UTC) go; a sealed stub stands for them.", Required = true };
        var command = new Command("cut", "Take old rows away. Export them first.") { before };
        shared.AddTo(command);
        command.SetAction(async parsed =>
        {
            await using var hub = await shared.ConnectAsync(parsed);
            var stub = await hub.PostAsync<AuditStub>("/api/audit/cut", new JsonObject { ["before"] = Utc(parsed.GetValue(before)).ToString("O", CultureInfo.InvariantCulture) });
            Console.WriteLine($"{stub.Rows} rows up to row {stub.Seq} are gone");
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    // A day alone is one of UTC; what says its zone is that moment, which was read into this machine's.
    private static DateTime Utc(DateTime said) => said.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(said, DateTimeKind.Utc) : said.ToUniversalTime();
}
