using Flows.Designer.Controls;

namespace Flows.Tests.Designer;

/// <summary>Where many squares are drawn, and which of them is pointed at.</summary>
public sealed class CellMatrixTests
{
    [Fact]
    public void Every_square_is_found_where_it_is_drawn()
    {
        var matrix = new CellMatrix(string.Concat(Enumerable.Repeat("PRF", 100)), variants: 3, width: 20 * CellMatrix.Wide);

        Assert.Equal((100, 20), (matrix.Partitions, matrix.Columns));
        for (var partition = 0; partition < 100; partition++)
        {
            for (var variant = 0; variant < 3; variant++)
            {
                var (x, y) = matrix.PlaceOf(partition, variant);
                Assert.Equal((partition, variant), matrix.At(x + 1, y + 1));
                Assert.InRange(y + matrix.Side, 0, matrix.Height);
            }
        }
        Assert.Null(matrix.At(-1, 5));
        Assert.Null(matrix.At(matrix.Width + 1, 5));
        Assert.Equal('R', matrix.StateAt(7, 1));
    }

    [Fact]
    public void Ten_thousand_squares_are_as_few_paths_as_there_are_states()
    {
        var matrix = new CellMatrix(new string('F', 9_000) + new string('X', 1_000), variants: 1, width: 1_000);

        Assert.Equal(['F', 'X'], matrix.Paths().Select(path => path.State));
        Assert.Equal(1_000, matrix.Paths()[1].Path.Count(letter => letter == 'M'));
    }

    [Fact]
    public void Nothing_is_drawn_without_runs() => Assert.Empty(new CellMatrix("", variants: 1, width: 100).Paths());
}
