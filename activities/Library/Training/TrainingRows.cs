using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Library.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flows.Library.Training;

/// <summary>A table's columns as ML.NET reads them: by way of a CSV file, since it streams.</summary>
internal static class TrainingRows
{
    /// <summary>Names that no column of a table is likely to have.</summary>
    public const string Label = "$label";

    /// <summary>Writes features and label of the rows that have a label.</summary>
    public static string Export(TableDatabase rows, ColumnRoles roles, string path, IStepLog log)
    {
        var label = Sql.Name(roles.Label.Name);
        var (all, usable) = (rows.Count("SELECT 1 FROM rows"), rows.Count($"SELECT 1 FROM rows WHERE {label} IS NOT NULL"));
        if (usable == 0) throw new ActivityFault(all == 0 ? "The table has no rows to learn from." : $"No row has a value in the label '{roles.Label.Name}'.");
        if (usable < all) log.Write(LogLevel.Warning, $"{all - usable:N0} of {all:N0} rows have no '{roles.Label.Name}' and are left out.");

        Write(rows, $"SELECT {Features(roles.Features)}, {(roles.IsClassification ? ClassOf(label, roles.LabelIsNumber) : label + "::DOUBLE")} FROM rows WHERE {label} IS NOT NULL", path);
        return path;
    }

    /// <summary>Writes the features alone, of every row in its order.</summary>
    public static void Export(TableDatabase rows, IReadOnlyList<ModelFeature> features, string path, bool header = false) =>
        Write(rows, $"SELECT {Features(features)} FROM rows", path, header);

    /// <summary>A label's value as the name of its class: whole numbers without a fraction.</summary>
    public static string ClassOf(string column, bool isNumber) => isNumber
        ? $"CASE WHEN {column} = floor({column}) AND abs({column}) < 1e15 THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        : $"{column}::VARCHAR";

    public static IDataView Load(MLContext ml, string path, IReadOnlyList<ModelFeature> features, DataKind? label = null)
    {
        var columns = features.Select((feature, index) => new TextLoader.Column(feature.Name, feature.Type == ModelFeature.Text ? DataKind.String : DataKind.Single, index)).ToList();
        if (label is { } kind) columns.Add(new TextLoader.Column(Label, kind, features.Count));
        var options = new TextLoader.Options { Columns = [.. columns], Separators = [','], AllowQuoting = true, ReadMultilines = true, MissingRealsAsNaNs = true };
        return ml.Data.CreateTextLoader(options).Load(path);
    }

    /// <summary>The first row's features, whole where it can be.</summary>
    public static JsonObject Example(TableDatabase rows, IReadOnlyList<ModelFeature> features) =>
        rows.Read($"SELECT {string.Join(", ", features.Select(feature => Sql.Name(feature.Name)))} FROM rows LIMIT 1", reader =>
        {
            var example = new JsonObject();
            if (reader.Read()) for (var index = 0; index < features.Count; index++) example[features[index].Name] = TableCell.ToJson(reader, index);
            return example;
        });

    private static string Features(IReadOnlyList<ModelFeature> features) => string.Join(", ", features.Select(feature =>
        $"{Sql.Name(feature.Name)}::{(feature.Type == ModelFeature.Text ? "VARCHAR" : "DOUBLE")} AS {Sql.Name(feature.Name)}"));

    private static void Write(TableDatabase rows, string query, string path, bool header = false) =>
        rows.Execute($"COPY ({query}) TO {Sql.Text(path)} (FORMAT csv, HEADER {(header ? "true" : "false")}, DELIMITER ',')");
}
