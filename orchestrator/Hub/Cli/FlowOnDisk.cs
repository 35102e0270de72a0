using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;

namespace Flows.Hub.Cli;

/// <summary>A flow file and the files beside it that it names.</summary>
internal sealed class FlowOnDisk
{
    private static readonly string[] FileInputs = ["path", "scriptFile"];

    private readonly string _file;
    private readonly FlowDefinition _flow;

    private FlowOnDisk(string file, FlowDefinition flow) => (_file, _flow) = (file, flow);

    public static FlowOnDisk Read(string file)
    {
        if (!File.Exists(file)) throw new CommandFault($"There is no file {file}.");
        if (new FileInfo(file).Length > FlowFile.MaxBytes) throw new CommandFault($"{file} is larger than {FlowFile.MaxBytes / (1024 * 1024)} MB.");
        try { return new FlowOnDisk(file, FlowFile.ReadOne(File.ReadAllText(file, Encoding.UTF8))); }
        catch (FlowFileException broken) { throw new CommandFault($"{file}: {broken.Message}"); }
    }

    public FlowDefinition Flow => _flow;

    /// <summary>Imports and publishes flows together, since they may use each other, and uploads their files.</summary>
    /// <exception cref="CommandFault">They have problems that keep them from being run; all are listed.</exception>
    public static async Task ImportAsync(IReadOnlyList<FlowOnDisk> flows, HubClient client)
    {
        foreach (var flow in flows) await flow.UploadAsync(client);
        var together = new JsonArray([.. flows.Select(flow => flow._flow.Json.DeepClone())]);
        var saved = await client.ImportAsync(JsonSerializer.SerializeToUtf8Bytes(together, ContractJson.Options), publish: true);
        var broken = flows.Zip(saved).Where(pair => pair.Second.Problems.Any(problem => problem.Level == ProblemLevel.Error)).ToList();
        if (broken.Count > 0)
            throw new CommandFault(string.Join('\n', broken.Select(pair => $"{pair.First._file} cannot be run:\n" + string.Join('\n', pair.Second.Problems.Select(Shown.Problem)))));
    }

    private async Task UploadAsync(HubClient client)
    {
        // A file without an id gets one from its name: run again it is the same flow.
        if (_flow.DefinitionId.Length == 0) _flow.Json["definitionId"] = Path.GetFileNameWithoutExtension(_file);
        foreach (var path in Files()) await client.UploadAsync(_flow.DefinitionId, path, Path.Combine(Path.GetDirectoryName(_file)!, path));
    }

    private IEnumerable<string> Files() => _flow.Activities()
        .SelectMany(activity => FileInputs.Select(activity.Input))
        .Where(input => input?.ExpressionType == ExpressionTypes.Literal)
        .Select(input => input!.Value.AsText())
        .OfType<string>()
        .Where(path => !Path.IsPathRooted(path) && File.Exists(Path.Combine(Path.GetDirectoryName(_file)!, path)))
        .Distinct();
}
