using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

/// <summary>Small drafts for the designer's tests.</summary>
internal static class Draft
{
    public static IReadOnlyList<ActivityDescriptor> Activities { get; } =
    [
        .. EngineActivities.Descriptors,
        Known("Flows.FileSource", "File source", [Setting("path", "String", "file"), Setting("header", "Boolean", "checkbox")], [new("table", "Table", "Table")]),
        Known("Flows.SplitRows", "Split rows",
            [Port("rows", "Table"), Setting("trainShare", "Double", "number") with { Minimum = 0.05, Maximum = 0.95, Default = 0.8, Description = "Share of rows that go to the training part." }],
            [new("train", "Train", "Table"), new("test", "Test", "Table")]),
        Known("Flows.TrainModel", "Train model", [Port("rows", "Table"), Setting("label", "String", "column")], [new("model", "Model", "Model"), new("metrics", "Metrics", "Metrics")]),
        Known("Flows.EvaluateModel", "Evaluate model", [Port("model", "Model"), Port("rows", "Table")], [new("metrics", "Metrics", "Metrics")]),
        Known("Flows.PythonScript", "Python script", [Setting("script", "String", "python")], []) with { DynamicInputs = true, DynamicOutputs = true },
    ];

    public static EditorSession Session(params string[] types)
    {
        var session = new EditorSession(Flow(), Activities);
        foreach (var type in types) Assert.NotNull(session.Add(session.Catalog.Find(type)!, session.Graph.Nodes.Count * 300, 0));
        return session;
    }

    public static FlowDefinition Flow() => new(new JsonObject
    {
        ["definitionId"] = "drawn",
        ["name"] = "Drawn",
        ["variables"] = new JsonArray(),
        ["root"] = EmptyFlow.Flowchart("root"),
    });

    public static string Json(this EditorSession session) => session.Draft.Flow.Json.ToJsonString();

    private static ActivityDescriptor Known(string type, string name, InputDescriptor[] inputs, OutputDescriptor[] outputs) =>
        new() { Type = type, DisplayName = name, Category = "Data", Inputs = inputs, Outputs = outputs };

    private static InputDescriptor Port(string name, string type) => new(name, name, type) { IsPort = true, Required = true };

    private static InputDescriptor Setting(string name, string type, string editor) => new(name, name, type) { Editor = editor };
}
