using System.Globalization;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Provenance.Formats;
using Flows.Hub.Provenance.Kinds;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>What OpenLineage calls a thing: namespace and name with a space between, and its version.</summary>
internal sealed record LineageNames(string Data, string? Version)
{
    /// <summary>A thing of a project as its events name it (<see cref="LineageIds"/>), a source by its address.</summary>
    public static LineageNames Of(string project, TracePoint point)
    {
        var (space, id) = (LineageIds.SpaceOf(project), VersionedId.Parse(point.Id));
        return point.Kind switch
        {
            TraceKinds.DataSet => new($"{space} datasets/{id.Name}", id.Version),
            TraceKinds.ModelVersion => new($"{space} models/{id.Name}", id.Version),
            TraceKinds.Artifact => new($"{space} artifacts/{point.Id}", point.Id),
            _ => new(OfPath(space, point.Id), null),
        };
    }

    /// <summary>The thing of ours that a name means; null when it is none. Without a version, the newest of a data set or model is meant.</summary>
    /// <param name="newest">Number of a name's newest version.</param>
    public static TracePoint? PointOf(string project, string data, string? version, Func<string, string, int?> newest)
    {
        var space = LineageIds.SpaceOf(project) + " ";
        if (!data.StartsWith(space, StringComparison.Ordinal) || data[space.Length..].Split('/', 2) is not [var group, { Length: > 0 } name]) return null;
        if (group == "artifacts") return new TracePoint(TraceKinds.Artifact, name);
        if (group is not ("datasets" or "models")) return null;
        var kind = group == "datasets" ? TraceKinds.DataSet : TraceKinds.ModelVersion;
        var number = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : newest(kind, name);
        return number is { } known && known <= newest(kind, name) ? new TracePoint(kind, VersionedId.Of(name, known)) : null;
    }

    /// <summary>Paths and addresses by which a step may have read such data.</summary>
    public static IReadOnlyList<string> PathsOf(string project, string data)
    {
        var files = LineageIds.SpaceOf(project) + " files/";
        if (data.StartsWith(files, StringComparison.Ordinal)) return [data[files.Length..]];
        return data.Split(' ', 2) is [var space, var name] && space.Contains("://", StringComparison.Ordinal) ? [$"{space.TrimEnd('/')}/{name.TrimStart('/')}"] : [];
    }

    private static string OfPath(string space, string path)
    {
        if (!path.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(path, UriKind.Absolute, out var address)) return $"{space} files/{path}";
        // By OpenLineage's naming a web address keeps the slash that a bucket's key does not have.
        return $"{address.Scheme}://{address.Authority} {(address.Scheme is "http" or "https" ? address.AbsolutePath : Uri.UnescapeDataString(address.AbsolutePath).TrimStart('/'))}";
    }
}
