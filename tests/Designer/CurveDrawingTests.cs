using System.Text.Json.Nodes;
using Flows.Contract.Tracking;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

public sealed class CurveDrawingTests
{
    [Fact]
    public void A_curve_fills_its_frame_and_what_is_no_number_is_a_gap()
    {
        var series = new MetricSeries("", "loss", 5, new MetricPoint(4, 0, 0)) { Points = [new(0, 0, 2), new(1, 0, 1), new(2, 0, double.NaN), new(3, 0, double.PositiveInfinity), new(4, 0, 0)] };

        Assert.Equal(["3,3 61.5,36", "237,69"], CurveDrawing.Of(series).Lines);
    }

    [Fact]
    public void A_constant_is_a_line_in_the_middle_and_nothing_but_NaN_is_no_line()
    {
        Assert.Equal(["3,36 237,36"], CurveDrawing.Of(new MetricSeries("", "c", 2, default) { Points = [new(0, 0, 5), new(9, 0, 5)] }).Lines);
        Assert.Empty(CurveDrawing.Of(new MetricSeries("", "n", 1, default) { Points = [new(0, 0, double.NaN)] }).Lines);
    }

    [Theory]
    [InlineData("""{"x":[1,2],"series":{"a":[0,1],"b":[1,null]}}""", "3,69 237,3|3,3")]
    [InlineData("""{"x":["mon","tue"],"series":{"a":[0,1]}}""", "3,69 237,3")]
    [InlineData("""{"series":7}""", "")]
    [InlineData("""{"x":[1],"series":{"a":"no"}}""", "")]
    public void A_plot_is_drawn_as_far_as_it_is_one(string plot, string lines) => Assert.Equal(lines, string.Join('|', CurveDrawing.Of((JsonObject)JsonNode.Parse(plot)!).Lines));
}
