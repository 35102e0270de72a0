using System.Globalization;

namespace Flows.Hub.Runners;

/// <summary>One attempt of one step, as <c>RUN/STEP/ATTEMPT</c>: what runner and server call a job.</summary>
public readonly record struct JobKey(string RunId, int Step, int Attempt)
{
    public string JobId => IdOf(RunId, Step);

    public string StepId => $"{RunId}.{Step}";

    public static string IdOf(string runId, int step) => $"{runId}/{step}";

    public override string ToString() => $"{RunId}/{Step}/{Attempt}";

    public static JobKey? Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 3 && Number(parts[1]) is { } step && Number(parts[2]) is { } attempt ? new JobKey(parts[0], step, attempt) : null;
    }

    /// <summary>The run and step of a step's id, <c>RUN.STEP</c>.</summary>
    public static (string RunId, int Step)? ParseStep(string stepId)
    {
        var dot = stepId.LastIndexOf('.');
        return dot > 0 && Number(stepId[(dot + 1)..]) is { } step ? (stepId[..dot], step) : null;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
