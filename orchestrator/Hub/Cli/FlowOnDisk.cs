using System.Text;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;

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

    /// <summary>Imports and publishes the flow and uploads its files.</summary>
    /// <exception cref="CommandFault">It has problems that keep it from being run; all are listed.</exception>
    public async Task<FlowSaved> ImportAsync(HubClient client)
    {
        // A file without an id gets one from its name: run again it is the same flow.
        if (_flow.DefinitionId.Length == 0) _flow.Json["definitionId"] = Path.GetFileNameWithoutExtension(_file);
        foreach (var path in Files()) await client.UploadAsync(_flow.DefinitionId, path, Path.Combine(Path.GetDirectoryName(_file)!, path));
        var saved = (await client.ImportAsync(Encoding.UTF8.GetBytes(FlowFile.Write(_flow)), publish: true))[0];
        if (saved.Problems.Any(problem => problem.Level == ProblemLevel.Error))
            throw new CommandFault($"{_file} cannot be run:\n" + string.Join('\n', saved.Problems.Select(Shown.Problem)));
        return saved;
    }

    private IEnumerable<string> Files() => _flow.Activities()
        .SelectMany(activity => FileInputs.Select(activity.Input))
        .Where(input => input?.ExpressionType == ExpressionTypes.Literal)
        .Select(input => input!.Value.AsText())
        .OfType<string>()
        .Where(path => !Path.IsPathRooted(path) && File.Exists(Path.Combine(Path.GetDirectoryName(_file)!, path)))
        .Distinct();
}
