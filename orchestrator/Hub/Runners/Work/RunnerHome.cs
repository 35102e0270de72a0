namespace Flows.Hub.Runners;

/// <summary>Where a runner's steps work, as <c>MACHINE:FOLDER</c>: whoever is on the same machine can end what it leaves when it dies.</summary>
internal static class RunnerHome
{
    /// <param name="work">Folder that holds the steps' work folders.</param>
    public static string Of(string work) => Here + Path.GetFullPath(work);

    /// <summary>The work folder of one of the runner's steps; null when it is on another machine.</summary>
    public static string? FolderHere(string home, string stepId) =>
        home.StartsWith(Here, StringComparison.Ordinal) ? StepContexts.FolderOf(home[Here.Length..], stepId) : null;

    private static string Here { get; } = Environment.MachineName + ":";
}
