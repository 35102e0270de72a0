using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flows.Tests.Serving;

/// <summary>Small models made on the spot, in every format that is served.</summary>
internal static class TinyModels
{
    public static JsonObject FlowerFacts { get; } = Facts("mlnet", "classification", ["size:number", "colour:text"], ["rose", "violet"]);

    public static JsonObject LineFacts(string format) => Facts(format, "regression", ["a:number", "b:number"], []);

    /// <summary>ML.NET: large red flowers are roses, small blue ones violets.</summary>
    public static string Flowers(TestFolder folder)
    {
        var context = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, 80).Select(i => i % 2 == 0
            ? new Flower { size = 8 + i % 5, colour = "red", label = "rose" }
            : new Flower { size = 1 + i % 3, colour = "blue", label = "violet" });
        var data = context.Data.LoadFromEnumerable(rows);
        var pipeline = context.Transforms.Conversion.MapValueToKey("label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(context.Transforms.Categorical.OneHotEncoding("colourCode", "colour"))
            .Append(context.Transforms.Concatenate("Features", "size", "colourCode"))
            .Append(context.MulticlassClassification.Trainers.SdcaMaximumEntropy("label"))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var path = folder.File("flowers.zip");
        context.Model.Save(pipeline.Fit(data), data.Schema, path);
        return path;
    }

    /// <summary>scikit-learn: 2 a + 3 b + 1. Null when there is no scikit-learn here.</summary>
    public static string? SklearnLine(TestFolder folder) => Python(folder, "line.pkl", """
        import pickle, sys, numpy
        from sklearn.linear_model import LinearRegression
        pickle.dump(LinearRegression().fit(numpy.array([[0, 0], [1, 0], [0, 1.]]), numpy.array([1, 3, 4.])), open(sys.argv[1], "wb"))
        """);

    /// <summary>scikit-learn: classes 0, 1, 2 by the size of x, with probabilities.</summary>
    public static string? SklearnClasses(TestFolder folder) => Python(folder, "classes.pkl", """
        import pickle, sys, numpy
        from sklearn.tree import DecisionTreeClassifier
        pickle.dump(DecisionTreeClassifier().fit(numpy.array([[0.], [1.], [2.]]), numpy.array([0, 1, 2])), open(sys.argv[1], "wb"))
        """);

    /// <summary>A script's model that kills its own process when it is asked about a number below zero.</summary>
    public static string? SklearnBrittle(TestFolder folder) => Python(folder, "brittle.pkl", """
        import pickle, sys
        class Brittle:
            def __reduce__(self):
                return (eval, ("type('Model', (), {'predict': lambda self, rows: [__import__('os')._exit(3) if rows[0][0] < 0 else print('chatter') or row[0] for row in rows]})()",))
        pickle.dump(Brittle(), open(sys.argv[1], "wb"))
        """);

    public static JsonObject Facts(string format, string task, string[] features, string[] classes, string labelType = "text") => new()
    {
        ["format"] = format,
        ["task"] = task,
        ["label"] = "label",
        ["labelType"] = labelType,
        ["features"] = new JsonArray([.. features.Select(feature => feature.Split(':')).Select(parts => new JsonObject { ["name"] = parts[0], ["type"] = parts[1] })]),
        ["classes"] = new JsonArray([.. classes.Select(name => JsonValue.Create(name))]),
    };

    private static string? Python(TestFolder folder, string name, string script)
    {
        var path = folder.File(name);
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardError = true };
        foreach (var argument in (string[])["-c", script, path]) start.ArgumentList.Add(argument);
        if (!File.Exists(start.FileName)) return null;
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? path : null;
    }

    private sealed class Flower
    {
        public float size { get; set; }

        public string colour { get; set; } = "";

        public string label { get; set; } = "";
    }
}
