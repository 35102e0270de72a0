using System.Text.Json;
using Flows.Contract;

namespace Flows.Hub.Runners;

/// <summary>Results that the server has not acknowledged, as files of the runner's folder: they outlive server and runner.</summary>
public sealed class Outbox(string folder, string session)
{
    private readonly string _folder = Directory.CreateDirectory(folder).FullName;

    public void Put(StepReport.Ended result)
    {
        var (path, partial) = (PathOf(session, result.Key), Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".part"));
        File.WriteAllText(partial, JsonSerializer.Serialize<StepReport>(result, ContractJson.Options));
        File.Move(partial, path, overwrite: true);
    }

    public void Remove(string ofSession, string key) => File.Delete(PathOf(ofSession, key));

    /// <summary>What earlier processes of this runner left, by session.</summary>
    public IReadOnlyList<(string Session, StepReport.Ended Result)> Left() =>
        [.. Directory.EnumerateFiles(_folder, "*.json").Select(Read).OfType<(string, StepReport.Ended)>()];

    private static (string, StepReport.Ended)? Read(string file)
    {
        try { return JsonSerializer.Deserialize<StepReport>(File.ReadAllText(file), ContractJson.Options) is StepReport.Ended ended ? (Path.GetFileName(file).Split('_')[0], ended) : null; }
        catch (JsonException) { return null; }
    }

    private string PathOf(string ofSession, string key) => Path.Combine(_folder, $"{ofSession}_{key.Replace('/', '_')}.json");
}
