using System.Text.Json;

namespace Flows.ModelServer;

/// <summary>What a model says about itself: the file behind <c>--facts</c>, as the trainer wrote it.</summary>
public sealed record ModelFacts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary><c>mlnet</c>, <c>onnx</c> or <c>sklearn</c>.</summary>
    public string Format { get; init; } = "";

    /// <summary><c>classification</c> or <c>regression</c>.</summary>
    public string Task { get; init; } = "";

    /// <summary><c>number</c>: classes are numbers in answers; <c>text</c>: text.</summary>
    public string LabelType { get; init; } = "text";

    public IReadOnlyList<ModelFeature> Features { get; init; } = [];

    /// <summary>Classes in the order of the model's scores; empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    public bool IsClassification => Task == "classification";

    public static ModelFacts Load(string path)
    {
        try
        {
            var facts = JsonSerializer.Deserialize<ModelFacts>(File.ReadAllText(path), Json);
            return facts is { Task: "classification" or "regression" }
                ? facts
                : throw new ModelFault($"the model's facts name the task \"{facts?.Task}\"; known are classification and regression");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFault($"the model's facts cannot be read from {path}: {failure.Message}", failure);
        }
    }
}

/// <param name="Type"><c>number</c> or <c>text</c>.</param>
public sealed record ModelFeature(string Name, string Type)
{
    public bool IsText => Type == "text";
}
