using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;

namespace Flows.Library.Data;

/// <summary>Keeps data as the next version of a data set. The same content as the newest version is that version, and starts nothing.</summary>
[Activity("Flows.RegisterDataSet", "Register data set", Category = "Data", Description = "Adds a table, file or folder to a data set as a new version, unless it is the newest one already.")]
public sealed class RegisterDataSet : IActivity
{
    [Input(Type = "Artifact", Description = "A table, a file or a folder.")] public required Artifact Data { get; init; }

    // An activity's own `name` and `version` stand in the same JSON object: no property may be called so.
    [Setting(Required = true, DisplayName = "Data set", Description = "Letters, digits, - and _.")] public string DataSetName { get; init; } = "";

    [Setting(Editor = "multiline")] public string? Description { get; init; }

    [Output(DisplayName = "Name")] public string RegisteredName { get; private set; } = "";

    [Output(DisplayName = "Version")] public int RegisteredVersion { get; private set; }

    [Output(DisplayName = "New", Description = "False when the newest version has this content already.")] public bool IsNew { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(DataSetName)) throw new ActivityFault("'dataSetName' is empty: give the data set a name.");
        var registered = await context.DataSets.RegisterAsync(new DataSetRegistration(DataSetName.Trim(), Data) { Description = Description ?? "" }, cancellation);
        (RegisteredName, RegisteredVersion, IsNew) = (registered.Name, registered.Version, registered.IsNew);
        context.Log.Write(LogLevel.Info, registered.IsNew ? $"Registered {RegisteredName}, version {RegisteredVersion}." : $"{RegisteredName} has this content already, as version {RegisteredVersion}.");
    }
}
