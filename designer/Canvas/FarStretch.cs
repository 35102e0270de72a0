using System.Text;

namespace Flows.Designer.Canvas;

internal static class FarStretch
{
    // Few enough that the browser draws little beside what it has to, many enough that there are few elements.
    private const int Length = 200;

    public static IReadOnlyList<FarStretch<T>> Of<T>(IReadOnlyCollection<T> things, Func<T, FarLook> look, Action<StringBuilder, T> shape, IReadOnlyList<FarStretch<T>>? before)
        where T : class
    {
        var stretches = new List<FarStretch<T>>();
        foreach (var some in things.Chunk(Length))
        {
            var looks = Array.ConvertAll(some, thing => look(thing));
            var same = before is not null && stretches.Count < before.Count && before[stretches.Count].Is(some, looks);
            stretches.Add(same ? before![stretches.Count] : new FarStretch<T>(some, looks, shape));
        }
        return stretches;
    }
}

/// <summary>Some things that follow each other, drawn as one path for each look.</summary>
internal sealed class FarStretch<T>(T[] things, FarLook[] looks, Action<StringBuilder, T> shape) where T : class
{
    public IReadOnlyList<FarPath> Paths { get; } = Draw(things, looks, shape);

    public bool Is(T[] others, FarLook[] othersLooks)
    {
        if (others.Length != things.Length) return false;
        for (var at = 0; at < things.Length; at++)
            if (!ReferenceEquals(things[at], others[at]) || looks[at] != othersLooks[at]) return false;
        return true;
    }

    private static List<FarPath> Draw(T[] things, FarLook[] looks, Action<StringBuilder, T> shape)
    {
        var shapes = new Dictionary<FarLook, StringBuilder>();
        // Most look like the one before.
        var (last, text) = (FarLook.Apart, new StringBuilder());
        for (var at = 0; at < things.Length; at++)
        {
            if (looks[at] == FarLook.Apart) continue;
            if (looks[at] != last && !shapes.TryGetValue(last = looks[at], out text)) shapes[last] = text = new StringBuilder();
            shape(text, things[at]);
        }
        return [.. shapes.Select(pair => new FarPath(pair.Key.Class, pair.Key.Colour, pair.Value.ToString()))];
    }
}

/// <summary>Whole numbers: nobody sees less from afar.</summary>
internal static class FarShapes
{
    private static readonly Dictionary<double, string> Rests = [];

    public static void Box(StringBuilder path, CanvasNode node) => path.Append('M').Append((int)node.X).Append(' ').Append((int)node.Y).Append(Rest(node.Height));

    // A number as text costs more than all else here, and there are few heights.
    private static string Rest(double height) => Rests.TryGetValue(height, out var rest) ? rest : Rests[height] = $"h{(int)CanvasNode.Width}v{(int)height}h{-(int)CanvasNode.Width}z";

    public static void Line(StringBuilder path, CanvasWire wire) => path.Append('M').Append((int)wire.X1).Append(' ').Append((int)wire.Y1)
        .Append('L').Append((int)wire.X2).Append(' ').Append((int)wire.Y2);
}
