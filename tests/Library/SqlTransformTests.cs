using System.Text.Json.Nodes;
using Flows.Library.Data;

namespace Flows.Tests.Library;

public sealed class SqlTransformTests : IDisposable
{
    private readonly Step _step = new();

    [Fact]
    public async Task A_query_reads_its_input_and_further_tables_by_their_port_names()
    {
        var amounts = await _step.TableAsync("select * from (values (1, 10), (2, 20)) t(id, amount)");
        var names = await _step.TableAsync("select * from (values (1, 'one'), (2, 'two')) t(id, name)");
        var sql = new SqlTransform { Table = amounts, Sql = "select name, amount from input join \"the names\" using (id) order by id;" };

        await _step.RunAsync(sql, _step.Context(inputs: new JsonObject { ["table"] = amounts.ToJson(), ["the names"] = names.ToJson(), ["sql"] = "…" }));

        Assert.Equal("""["two",20]""", _step.Rows(sql.Result!)[1].ToJsonString());
    }

    [Fact]
    public async Task An_empty_query_and_a_wrong_one_are_faults_with_the_line()
    {
        Assert.Contains("'sql' is empty", (await _step.FaultAsync(new SqlTransform { Sql = " ;\n" })).Message);

        var fault = await _step.FaultAsync(new SqlTransform { Sql = "select 1,\n  nonsense\n" });

        Assert.Contains("line 2:", fault.Message);
        Assert.Contains("nonsense", fault.Message);
    }

    [Theory]
    [InlineData("select * from read_csv('/etc/passwd')")]
    [InlineData("select * from read_text('/etc/hostname')")]
    [InlineData("select * from '/etc/passwd'")]
    [InlineData("select 1) to '/tmp/flows-escape.csv'; set enable_external_access=true; copy (select 2")]
    [InlineData("select 1) to 'x.parquet'; attach '/tmp/flows-escape.db'; copy (select 2")]
    [InlineData("select * from glob('/etc/*')")]
    public async Task A_query_reaches_no_file(string query)
    {
        var fault = await _step.FaultAsync(new SqlTransform { Sql = query });

        Assert.Contains("The query failed", fault.Message);
        Assert.False(File.Exists("/tmp/flows-escape.csv") || File.Exists("/tmp/flows-escape.db"));
    }

    [Fact]
    public async Task A_query_that_would_run_for_ever_stops_when_the_step_is_cancelled()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var sql = new SqlTransform { Sql = "select sum(a.range * b.range) s from range(10000000) a, range(10000000) b" };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _step.RunAsync(sql, cancellation: stop.Token));
    }

    public void Dispose() => _step.Dispose();
}
