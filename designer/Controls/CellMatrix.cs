using System.Text;

namespace Flows.Designer.Controls;

/// <summary>
/// Where many like things are drawn as squares, such as the runs of a backfill: a line for each variant, or, with one variant, lines that
/// break like text. All squares of one state are one path, so that ten thousand cost no more to draw than ten.
/// </summary>
/// <param name="states">A letter for each square, partition by partition.</param>
/// <param name="width">Pixels that a line may take.</param>
/// <param name="pitch">Pixels from one square to the next.</param>
public sealed class CellMatrix(string states, int variants, int width, int pitch = CellMatrix.Wide)
{
    /// <summary>A pitch at which single squares are easily hit.</summary>
    public const int Wide = 14;

    private readonly int _perLine = Math.Max(1, width / pitch);

    public int Pitch => pitch;

    /// <summary>Pixels of a square's side.</summary>
    public int Side => pitch - Math.Max(1, (pitch + 1) / 5);

    public int Partitions { get; } = variants == 0 ? 0 : states.Length / variants;

    /// <summary>Partitions beside each other; the rest goes on below.</summary>
    public int Columns => Math.Clamp(Partitions, 1, _perLine);

    private int Blocks => (Partitions + Columns - 1) / Columns;

    // With several variants the blocks stand apart.
    private int BlockHeight => variants * Pitch + (variants > 1 ? 8 : 0);

    public int Width => Columns * Pitch;

    public int Height => Math.Max(Pitch, Blocks * BlockHeight);

    /// <summary>One path for each state that occurs, by its letter.</summary>
    public IReadOnlyList<(char State, string Path)> Paths()
    {
        var paths = new SortedDictionary<char, StringBuilder>();
        for (var cell = 0; cell < Partitions * variants; cell++)
        {
            var (x, y) = PlaceOf(cell / variants, cell % variants);
            if (!paths.TryGetValue(states[cell], out var path)) paths[states[cell]] = path = new StringBuilder();
            path.Append('M').Append(x).Append(' ').Append(y).Append('h').Append(Side).Append('v').Append(Side).Append('h').Append(-Side).Append('z');
        }
        return [.. paths.Select(path => (path.Key, path.Value.ToString()))];
    }

    public (int X, int Y) PlaceOf(int partition, int variant) => (partition % Columns * Pitch, partition / Columns * BlockHeight + variant * Pitch);

    /// <summary>The run at a place in the drawing; null beside the squares.</summary>
    public (int Partition, int Variant)? At(double x, double y)
    {
        if (x < 0 || y < 0 || x >= Width) return null;
        var (block, within) = ((int)(y / BlockHeight), (int)(y % BlockHeight));
        var (partition, variant) = (block * Columns + (int)(x / Pitch), within / Pitch);
        return variant < variants && partition < Partitions ? (partition, variant) : null;
    }

    public char StateAt(int partition, int variant) => states[partition * variants + variant];
}
