using Flows.Library.Data;

namespace Flows.Tests.Library;

public sealed class SplitRowsTests : IDisposable
{
    private readonly Step _step = new();

    [Fact]
    public async Task Every_row_goes_to_exactly_one_part_by_the_share()
    {
        var rows = await _step.TableAsync("select range as id from range(1000)");

        var split = await _step.RunAsync(new SplitRows { Rows = rows, TrainShare = 0.75 });

        Assert.Equal((750L, 250L), (split.Train!.Rows, split.Test!.Rows));
        var ids = _step.Rows(split.Train).Concat(_step.Rows(split.Test)).Select(row => row[0]!.GetValue<long>());
        Assert.Equal(Enumerable.Range(0, 1000).Select(id => (long)id), ids.Order());
        Assert.Equal(["id"], split.Train.Columns!.Select(column => column.Name));
    }

    [Fact]
    public async Task The_same_seed_splits_the_same_way_and_another_does_not()
    {
        var rows = await _step.TableAsync("select range as id from range(1000)");

        var (one, again, other) = (await Split(1), await Split(1), await Split(2));

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        // Pins the assignment itself: it must not depend on threads, machine or DuckDB's version.
        Assert.Equal("1,2,4,5,10", string.Join(',', one.Take(5)));

        async Task<long[]> Split(int seed) =>
            [.. _step.Rows((await _step.RunAsync(new SplitRows { Rows = rows, Seed = seed })).Test!).Select(row => row[0]!.GetValue<long>())];
    }

    [Fact]
    public async Task Stratifying_keeps_the_shares_of_a_rare_class()
    {
        var rows = await _step.TableAsync("select range as id, case when range < 20 then 'rare' else 'common' end as kind from range(1000)");

        var split = await _step.RunAsync(new SplitRows { Rows = rows, StratifyBy = "kind" });

        Assert.Equal(16, _step.Rows(split.Train!).Count(row => row[1]!.GetValue<string>() == "rare"));
        Assert.Equal(4, _step.Rows(split.Test!).Count(row => row[1]!.GetValue<string>() == "rare"));
    }

    [Fact]
    public async Task An_unknown_column_is_named_together_with_those_there_are()
    {
        var rows = await _step.TableAsync("select 1 as id, 2 as kind");

        var fault = await _step.FaultAsync(new SplitRows { Rows = rows, StratifyBy = "kinds" });

        Assert.Contains("'kinds'", fault.Message);
        Assert.Contains("id, kind", fault.Message);
    }

    public void Dispose() => _step.Dispose();
}
