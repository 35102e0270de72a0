using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;

namespace Flows.Library.Training;

public enum TrainingTask { Auto, Classification, Regression }

public enum Trainer { Auto, LightGbm, FastTree, Linear }

/// <summary>
/// Trains a model with ML.NET. The same table and settings give the same model, byte for byte.
/// Text columns are one-hot encoded, missing numbers filled with the column's mean, rows without a label left out.
/// </summary>
[Activity("Flows.TrainModel", "Train model", Category = "Training", Heavy = true, Cacheable = true, Description = "Trains a classifier or a regression with ML.NET: boosted trees or a linear model.")]
public sealed class TrainModel : IActivity
{
    [Input(Type = "Table")] public required Artifact Rows { get; init; }

    /// <summary>Auto: classification for texts, truth values and whole numbers of at most 20 different values; else regression.</summary>
    [Setting] public TrainingTask Task { get; init; } = TrainingTask.Auto;

    /// <summary>Auto tries LightGBM and a linear model on a fifth of the rows held back, and takes the better one.</summary>
    [Setting] public Trainer Trainer { get; init; } = Trainer.Auto;

    [Setting(Required = true, Editor = "column", Description = "The column to predict.")] public string Label { get; init; } = "";

    /// <summary>Columns to predict from; all others but the label and dates by default.</summary>
    [Setting(Editor = "columns", Description = "Left empty: all columns but the label and dates.")] public IReadOnlyList<string> Features { get; init; } = [];

    [Setting] public int Seed { get; init; } = 1;

    /// <summary>Boosting rounds, 1 to 10,000. Default 200.</summary>
    [Setting(Group = "Advanced"), Range(1, 10_000)] public int Trees { get; init; } = 200;

    /// <summary>Leaves of a tree, 2 to 1,024. Default 20.</summary>
    [Setting(Group = "Advanced"), Range(2, 1024)] public int Leaves { get; init; } = 20;

    /// <summary>Step of boosting, 0.001 to 1. Default 0.1.</summary>
    [Setting(Group = "Advanced", DisplayName = "Learning rate"), Range(0.001, 1d)] public double LearningRate { get; init; } = 0.1;

    /// <summary>L2 penalty of the linear model, 0 to 1,000. Default 0.1.</summary>
    [Setting(Group = "Advanced"), Range(0d, 1000d)] public double Penalty { get; init; } = 0.1;

    [Output(Type = "Model")] public Artifact? Model { get; private set; }

    [Output(Type = "Metrics")] public Artifact? Metrics { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        using var database = await context.OpenAsync(Rows, "rows", cancellation);
        var roles = new ColumnRoles(Rows, database, Label, Features, Task, context.Log);
        var plan = new TrainingPlan(Trainer, roles.IsClassification, (int)context.Begin(Seed), Trees, Leaves, LearningRate, Penalty, roles.Features.Count);
        var rows = TrainingRows.Export(database, roles, Path.Combine(context.WorkFolder, "train.csv"), context.Log);

        var training = new MlTraining(plan, roles, rows, context.Log);
        var trained = await training.RunAsync(Path.Combine(context.WorkFolder, "model.zip"), cancellation);

        foreach (var (name, value) in trained.Figures) context.Metrics[name] = value;
        Metrics = await MetricsFile.StoreAsync(context, trained.Figures, cancellation);
        Model = await StoreAsync(context, trained, Facts(roles, trained, database), cancellation);
    }

    private static async Task<Artifact> StoreAsync(ActivityContext context, TrainedModel trained, ModelFacts facts, CancellationToken cancellation) =>
        await context.Artifacts.PutFileAsync(trained.Path, "Model", "model.zip", cancellation) with { Facts = facts.ToJson() };

    private ModelFacts Facts(ColumnRoles roles, TrainedModel trained, TableDatabase database) => new()
    {
        Format = "mlnet",
        Task = roles.IsClassification ? "classification" : "regression",
        Label = Label,
        LabelType = roles.LabelIsNumber ? "number" : "text",
        Features = roles.Features,
        Classes = trained.Classes,
        Trainer = trained.Trainer,
        Example = TrainingRows.Example(database, roles.Features),
    };
}
