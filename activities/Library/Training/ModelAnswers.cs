using System.Globalization;
using System.Text;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;
using Flows.Library.Python;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flows.Library.Training;

/// <summary>
/// A model's answers for every row of the view <c>rows</c>, as a table <c>answers</c>: the column <c>prediction</c>, and for
/// classification <c>score_CLASS</c> with each class's probability where the model gives them.
/// </summary>
internal static class ModelAnswers
{
    public static async Task<string> AskAsync(ActivityContext context, Artifact model, ModelFacts facts, TableDatabase rows, CancellationToken cancellation)
    {
        var path = await context.Artifacts.FetchAsync(model, cancellation);
        var answers = Path.Combine(context.WorkFolder, "answers.csv");
        switch (facts.Format)
        {
            case "mlnet": AskMlNet(context, path, facts, rows, answers); break;
            case "sklearn": await PythonModel.AskAsync(context, path, facts, rows, answers, cancellation); break;
            default: throw new ActivityFault($"Models of the format '{facts.Format}' cannot be evaluated; known are mlnet and sklearn.");
        }
        var type = facts.Task == "regression" || facts.LabelType == "number" ? "DOUBLE" : "VARCHAR";
        rows.Execute($"CREATE TABLE answers AS SELECT * REPLACE (prediction::{type} AS prediction) FROM read_csv({Sql.Text(answers)}, header=true, delim=',', quote='\"', all_varchar=false, types={{'prediction': 'VARCHAR'}}, sample_size=-1)");
        return "answers";
    }

    private static void AskMlNet(ActivityContext context, string path, ModelFacts facts, TableDatabase rows, string answers)
    {
        var ml = new MLContext(1);
        var features = Path.Combine(context.WorkFolder, "features.csv");
        TrainingRows.Export(rows, facts.Features, features);
        var answered = ml.Model.Load(path, out _).Transform(TrainingRows.Load(ml, features, facts.Features));
        using var file = new StreamWriter(answers, append: false, new UTF8Encoding(false));
        if (facts.Task == "classification") WriteClasses(answered, facts.Classes, file);
        else WriteNumbers(answered, file);
    }

    private static void WriteClasses(IDataView answered, IReadOnlyList<string> classes, StreamWriter file)
    {
        file.WriteLine(string.Join(',', classes.Select(name => Quoted("score_" + name)).Prepend("prediction")));
        using var cursor = answered.GetRowCursor([answered.Schema["PredictedLabel"], answered.Schema["Score"]]);
        var (label, score) = (cursor.GetGetter<ReadOnlyMemory<char>>(answered.Schema["PredictedLabel"]), cursor.GetGetter<VBuffer<float>>(answered.Schema["Score"]));
        ReadOnlyMemory<char> predicted = default;
        VBuffer<float> scores = default;
        while (cursor.MoveNext())
        {
            label(ref predicted);
            score(ref scores);
            file.WriteLine(string.Join(',', scores.DenseValues().Select(value => value.ToString("R", CultureInfo.InvariantCulture)).Prepend(Quoted(predicted.ToString()))));
        }
    }

    private static void WriteNumbers(IDataView answered, StreamWriter file)
    {
        file.WriteLine("prediction");
        using var cursor = answered.GetRowCursor([answered.Schema["Score"]]);
        var score = cursor.GetGetter<float>(answered.Schema["Score"]);
        for (var value = 0f; cursor.MoveNext();)
        {
            score(ref value);
            file.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"")}\"";
}
