using Flows.Hub.Web;

namespace Flows.Hub.Flows;

/// <summary>A relative path of a flow's file: parts with a slash between, none of them climbing.</summary>
public sealed class FlowPath
{
    private const int Longest = 1000;

    private readonly string[] _parts;

    private FlowPath(string[] parts) => _parts = parts;

    public string Text => string.Join('/', _parts);

    /// <summary>The last part.</summary>
    public string Name => _parts[^1];

    /// <summary>The folders that it lies in, outermost first.</summary>
    public IEnumerable<string> Folders => Enumerable.Range(1, _parts.Length - 1).Select(count => string.Join('/', _parts[..count]));

    /// <exception cref="RequestFault">The path is empty, absolute, too long or climbs out.</exception>
    public static FlowPath Of(string path)
    {
        // Routing leaves an escaped slash as it is: it would become part of a file's name.
        if (path.Contains("%2F", StringComparison.OrdinalIgnoreCase)) throw new RequestFault($"The path '{path}' has an escaped slash: write '/'.");
        var parts = path.Split('/').Where(part => part != ".").ToArray();
        if (path.Length > Longest || parts.Length == 0 || parts.Any(part => part is "" or ".." || part.Any(char.IsControl)))
            throw new RequestFault($"The path '{path}' is not one inside the flow's folder.");
        return new FlowPath(parts);
    }

    /// <exception cref="RequestFault">Not an id that a folder of a bundle could have.</exception>
    public static void RequireFlow(string definitionId)
    {
        if (definitionId.Length == 0 || definitionId is "." or ".." || definitionId.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            throw new RequestFault($"'{definitionId}' is not a flow's id.");
    }

    public override string ToString() => Text;
}
