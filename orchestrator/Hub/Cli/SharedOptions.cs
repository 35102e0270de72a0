using System.CommandLine;

namespace Flows.Hub.Cli;

/// <summary>Options that several verbs share.</summary>
internal sealed class SharedOptions
{
    public Option<string> Data { get; } = new("--data") { Description = "Folder that holds everything.", DefaultValueFactory = _ => "data" };

    public Option<string> Urls { get; } = new("--urls") { Description = "Addresses to listen on.", DefaultValueFactory = _ => "http://127.0.0.1:5100" };

    public Option<string?> Storage { get; } = new("--storage")
    {
        Description = "PostgreSQL connection string; SQLite in the data folder without it.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FLOWS_STORAGE") is { Length: > 0 } storage ? storage : null,
    };

    public Option<string?> Artifacts { get; } = new("--artifacts")
    {
        Description = "s3://BUCKET/PREFIX?endpoint=URL&region=R keeps artifacts in a bucket, a path in that folder (several servers may share it); the data folder without it.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FLOWS_ARTIFACTS") is { Length: > 0 } artifacts ? artifacts : null,
    };

    public Option<string?> Server { get; } = new("--server")
    {
        Description = "Work on a running server.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FLOWS_SERVER"),
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "Token for the server.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FLOWS_TOKEN"),
    };

    public Option<int> Capacity { get; } = new("--capacity") { Description = "Steps at once on this machine; 0 leaves them all to other runners.", DefaultValueFactory = _ => new HubOptions().Capacity };

    public HubOptions Hub(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(Data)!,
        Urls = parsed.GetValue(Urls)!,
        Storage = parsed.GetValue(Storage),
        Artifacts = parsed.GetValue(Artifacts),
        Capacity = Math.Clamp(parsed.GetValue(Capacity), 0, Runners.RunnerRegistration.MostCapacity),
    };

    public Task<HubClient> ConnectAsync(ParseResult parsed) =>
        HubClient.ConnectAsync(parsed.GetValue(Server), parsed.GetValue(Token), Hub(parsed));

    public void AddTo(Command command, bool listens = false)
    {
        command.Add(Data);
        command.Add(Storage);
        command.Add(Artifacts);
        command.Add(Capacity);
        if (listens) command.Add(Urls);
        else { command.Add(Server); command.Add(Token); }
    }
}
