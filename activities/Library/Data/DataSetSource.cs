using System.ComponentModel.DataAnnotations;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Data;

/// <summary>Gives a version of a data set: the newest, or the one of a number.</summary>
[Activity("Flows.DataSetSource", "Data set", Category = "Data", Description = "Reads a version of a data set.")]
public sealed class DataSetSource : IActivity
{
    [Setting(Required = true, DisplayName = "Data set")] public string DataSetName { get; init; } = "";

    /// <summary>From 1; the newest by default.</summary>
    [Setting(DisplayName = "Version", Description = "Left open: the newest."), Range(1, int.MaxValue)] public int? DataSetVersion { get; init; }

    [Output(Type = "Artifact")] public Artifact? Data { get; private set; }

    [Output(DisplayName = "Version")] public int ReadVersion { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(DataSetName)) throw new ActivityFault("'dataSetName' is empty: name the data set.");
        var found = await context.DataSets.FindAsync(DataSetName.Trim(), DataSetVersion, cancellation)
            ?? throw new ActivityFault(DataSetVersion is null ? $"The project has no data set '{DataSetName}'." : $"The data set '{DataSetName}' has no version {DataSetVersion}.");
        (Data, ReadVersion) = (found.Data, found.Version);
    }
}
