using System.Text.Json.Nodes;
using Flows.Library.Python;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>Python steps for tests; where there is no Python the test is skipped, and says so.</summary>
internal static class Python
{
    public static void Required() => Assert.SkipWhen(PythonInterpreter.Find([]) is null, "there is no Python 3 on this machine");

    public static JsonObject Step(string id, string script, params (string Name, JsonNode Value)[] settings) =>
        Some.Activity(id, "Flows.PythonScript", [("script", Some.Text(script)), .. settings]);

    /// <summary>Declares outputs of a step.</summary>
    public static JsonObject Writes(this JsonObject step, params (string Name, string Type)[] outputs)
    {
        step["customProperties"] = new JsonObject
        {
            ["ports"] = new JsonObject { ["outputs"] = new JsonArray([.. outputs.Select(output => new JsonObject { ["name"] = output.Name, ["type"] = output.Type })]) },
        };
        return step;
    }

    /// <summary>Whether a process is over; a zombie runs no more.</summary>
    public static bool IsGone(int pid)
    {
        try { return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z'); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return true; }
    }
}
