using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;

namespace Flows.Library.Training;

/// <summary>Which column is learnt from which, and how each is read.</summary>
internal sealed class ColumnRoles
{
    private const int ClassesOfWholeNumbers = 20;
    private readonly Artifact _table;

    /// <exception cref="ActivityFault">A named column is missing or of a type that nothing can be learnt from.</exception>
    public ColumnRoles(Artifact table, TableDatabase rows, string label, IReadOnlyList<string> features, TrainingTask task, IStepLog log)
    {
        _table = table;
        if (string.IsNullOrWhiteSpace(label)) throw new ActivityFault("'label' is empty: name the column to predict.");
        table.Require(label, "label");
        foreach (var feature in features) table.Require(feature, "features");
        if (features.Contains(label)) throw new ActivityFault($"'features' holds the label '{label}': a model must not see what it predicts.");

        Label = table.Columns!.First(column => column.Name == label);
        Features = features.Count > 0 ? [.. features.Select(Chosen)] : [.. Others(log)];
        if (Features.Count == 0) throw new ActivityFault("There is no column to learn from besides the label.");
        IsClassification = task is TrainingTask.Classification || (task is TrainingTask.Auto && LooksLikeClasses(rows));
        if (!IsClassification && !LabelIsNumber) throw new ActivityFault($"A regression needs numbers, but the label '{label}' is {Label.Type}. Choose classification, or another label.");
    }

    public TableColumn Label { get; }

    public bool LabelIsNumber => IsNumber(Label.Type);

    public bool IsClassification { get; }

    public IReadOnlyList<ModelFeature> Features { get; }

    public static bool IsNumber(string type) => type is "DOUBLE" or "FLOAT" or "REAL"
        || type.EndsWith("INT", StringComparison.Ordinal) || type.EndsWith("INTEGER", StringComparison.Ordinal) || type.StartsWith("DECIMAL", StringComparison.Ordinal);

    private static string? FeatureType(string type) =>
        type == "BOOLEAN" || IsNumber(type) ? ModelFeature.Number
        : type == "VARCHAR" || type.StartsWith("ENUM", StringComparison.Ordinal) ? ModelFeature.Text
        : null;

    private ModelFeature Chosen(string name)
    {
        var column = _table.Columns!.First(known => known.Name == name);
        return new ModelFeature(name, FeatureType(column.Type) ?? throw new ActivityFault(
            $"'features' names '{name}', a {column.Type}: nothing can be learnt from it as it is. Derive numbers from it with SQL, for example month(\"{name}\")."));
    }

    private IEnumerable<ModelFeature> Others(IStepLog log)
    {
        foreach (var column in _table.Columns!.Where(column => column.Name != Label.Name))
        {
            if (FeatureType(column.Type) is { } type) yield return new ModelFeature(column.Name, type);
            else log.Write(LogLevel.Warning, $"Column '{column.Name}' ({column.Type}) is left out. Derive numbers from it with SQL to learn from it.");
        }
    }

    private bool LooksLikeClasses(TableDatabase rows) => !LabelIsNumber
        || (Label.Type.EndsWith("INT", StringComparison.Ordinal) || Label.Type.EndsWith("INTEGER", StringComparison.Ordinal))
        && rows.Count($"SELECT DISTINCT {Sql.Name(Label.Name)} FROM rows WHERE {Sql.Name(Label.Name)} IS NOT NULL") <= ClassesOfWholeNumbers;
}
