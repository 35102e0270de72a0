using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Contract.Models;

/// <summary>
/// What a model says about itself: <c>Artifact.Facts</c> of every artifact of kind <c>Model</c>, written by the trainer,
/// read by evaluation and by the model server.
/// <para><c>mlnet</c>: the artifact is an ML.NET zip. Its input columns are the features by name (<c>number</c> = Single,
/// <c>text</c> = String). Classification gives <c>PredictedLabel</c> (String) and <c>Score</c> (a probability per class, in the
/// order of <see cref="Classes"/>); regression gives <c>Score</c> (Single).</para>
/// <para><c>sklearn</c>: the artifact is a pickle, or a folder with <c>model.pkl</c>, of an object with <c>predict(rows)</c> and, for
/// classification where it can, <c>predict_proba(rows)</c>; rows are lists of feature values in the order of <see cref="Features"/>.</para>
/// </summary>
public sealed record ModelFacts
{
    /// <summary><c>mlnet</c>, <c>sklearn</c>, later <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary><c>classification</c> or <c>regression</c>.</summary>
    public required string Task { get; init; }

    /// <summary>Column that was learnt.</summary>
    public string Label { get; init; } = "";

    /// <summary><c>number</c>: classes are given as numbers in answers; <c>text</c>: as text.</summary>
    public string LabelType { get; init; } = "text";

    public IReadOnlyList<ModelFeature> Features { get; init; } = [];

    /// <summary>Classes in the order of the model's scores; empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Learning algorithm, for people.</summary>
    public string Trainer { get; init; } = "";

    /// <summary>One row of features by name, for trying a deployment out.</summary>
    public JsonObject? Example { get; init; }

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, ContractJson.Options)!;

    /// <summary>The facts in an artifact's <c>Facts</c>, or null when they are not a model's.</summary>
    public static ModelFacts? From(JsonObject? facts) => facts?["format"] is JsonValue && facts["task"] is JsonValue
        ? facts.Deserialize<ModelFacts>(ContractJson.Options)
        : null;
}

/// <param name="Type"><c>number</c> (missing values and booleans included) or <c>text</c>.</param>
public sealed record ModelFeature(string Name, string Type)
{
    public const string Number = "number";

    public const string Text = "text";
}
