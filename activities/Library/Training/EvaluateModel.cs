using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;

namespace Flows.Library.Training;

/// <summary>Asks a model for every row of a table and compares its answers with the label.</summary>
[Activity("Flows.EvaluateModel", "Evaluate model", Category = "Training", Heavy = true, Cacheable = true, Description = "Compares a model's answers with the truth: accuracy, F1, AUC, log loss, confusion matrix; or RMSE, MAE, R².")]
public sealed class EvaluateModel : IActivity
{
    [Input(Type = "Model")] public required Artifact Model { get; init; }

    [Input(Type = "Table")] public required Artifact Rows { get; init; }

    /// <summary>The column that holds the truth; the one the model learnt by default.</summary>
    [Setting(Editor = "column", Description = "Left empty: the column that the model learnt.")] public string? Label { get; init; }

    [Output(Type = "Metrics")] public Artifact? Metrics { get; private set; }

    [Output(Type = "Table", DisplayName = "Confusion matrix")] public Artifact? ConfusionMatrix { get; private set; }

    [Output(Type = "Image")] public Artifact? Picture { get; private set; }

    [Output(Type = "Table")] public Artifact? Predictions { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var facts = ModelFacts.From(Model.Facts) ?? throw new ActivityFault($"'{Model.Name}' does not say what kind of model it is: its facts have no 'format' and 'task'.");
        var label = string.IsNullOrWhiteSpace(Label) ? facts.Label : Label;
        Rows.Require(label, "label");
        foreach (var feature in facts.Features) Rows.Require(feature.Name, "model");

        using var rows = await context.OpenAsync(Rows, "rows", cancellation);
        var answers = await ModelAnswers.AskAsync(context, Model, facts, rows, cancellation);
        var judged = Judgement.Read(rows, label, facts, answers);
        await StoreAsync(context, facts, judged, rows, cancellation);
    }

    private async Task StoreAsync(ActivityContext context, ModelFacts facts, Judgement judged, TableDatabase rows, CancellationToken cancellation)
    {
        var figures = judged.Figures();
        foreach (var (name, value) in figures) context.Metrics[name] = value;
        context.Log.Write(LogLevel.Info, string.Join(", ", figures.Select(figure => FormattableString.Invariant($"{figure.Key} {figure.Value:G5}"))));
        Metrics = await MetricsFile.StoreAsync(context, figures, cancellation);
        Predictions = await context.StoreAsync(rows, "SELECT rows.*, answers.* FROM rows POSITIONAL JOIN answers", "predictions", cancellation);

        var picture = Path.Combine(context.WorkFolder, "evaluation.svg");
        if (facts.Task == "classification")
        {
            var matrix = judged.Confusion();
            rows.Execute(matrix.ToSql("confusion"), cancellation);
            ConfusionMatrix = await context.StoreAsync(rows, "SELECT * FROM confusion", "confusion-matrix", cancellation);
            await File.WriteAllTextAsync(picture, ConfusionPicture.Draw(matrix), cancellation);
        }
        else await File.WriteAllTextAsync(picture, ScatterPicture.Draw(judged.Truths, judged.Guesses), cancellation);
        Picture = await context.Artifacts.PutFileAsync(picture, "Image", "evaluation.svg", cancellation);
    }
}
