using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Library.Data;
using Flows.Library.Python.Environments;
using Flows.Library.Training;

namespace Flows.Library.Python;

/// <summary>Asks a model that Python made, in a process of its own: what a pickle does when it is opened is its author's code.</summary>
internal static class PythonModel
{
    public static async Task AskAsync(ActivityContext context, string model, ModelFacts facts, TableDatabase rows, string answers, CancellationToken cancellation)
    {
        var python = PythonInterpreter.Find(["sklearn"]);
        if (python is null or { Missing.Count: > 0 }) throw new ActivityFault("This model needs scikit-learn, which no Python on this machine finds. Install python3-sklearn.");

        var (features, factsFile) = (Path.Combine(context.WorkFolder, "features.csv"), Path.Combine(context.WorkFolder, "facts.json"));
        TrainingRows.Export(rows, facts.Features, features, header: true);
        await File.WriteAllTextAsync(factsFile, JsonSerializer.Serialize(facts, ContractJson.Options), cancellation);

        var outputs = Directory.CreateDirectory(Path.Combine(context.WorkFolder, "outputs")).FullName;
        var call = new PythonCall(python.Path, "flows.answer", [model, factsFile, features, answers], StepVariables.Of(context, outputs), context.WorkFolder);
        var program = await PythonFacts.OfAsync(python.Path, cancellation);
        context.Environment = new StepEnvironment("python", program.Digest, program.Version) { Interpreter = python.Path, Ground = program.Digest };
        var end = await new PlainPython().RunAsync(call, context.Log, context.Time, cancellation);
        (context.Used, context.Facts) = (end.Used, context.Facts with { ExitCode = end.ExitCode });
        if (end.ExitCode != 0) throw new ActivityFault($"The model could not be asked: {string.Join('\n', end.LastErrors.TakeLast(5))}");
    }
}
