using System.IO.Compression;
using System.Text;
using Flows.Library.Data;

namespace Flows.Tests.Library;

public sealed class FileSourceTests : IDisposable
{
    private readonly Step _step = new();

    [Fact]
    public async Task A_csv_file_with_names_becomes_a_table_with_types()
    {
        var path = _step.File("people.csv", "name,age,born\nAda,36,1815-12-10\n\"Grace, Hopper\",85,1906-12-09\n");

        var table = (await _step.RunAsync(new FileSource { Path = path })).Table!;

        Assert.Equal((2L, "Table"), (table.Rows, table.Kind));
        Assert.Equal(["name VARCHAR", "age BIGINT", "born DATE"], table.Columns!.Select(column => $"{column.Name} {column.Type}"));
        Assert.Equal("""["Grace, Hopper",85,"1906-12-09"]""", _step.Rows(table)[1].ToJsonString());
    }

    [Fact]
    public async Task A_csv_file_of_numbers_has_no_header_and_gets_numbered_names()
    {
        var path = _step.File("numbers.csv", "1,2.5\n3,4\n");

        var table = (await _step.RunAsync(new FileSource { Path = path })).Table!;

        Assert.Equal(2, table.Rows);
        Assert.Equal(["column0", "column1"], table.Columns!.Select(column => column.Name));
    }

    [Fact]
    public async Task Given_column_names_replace_the_header()
    {
        var path = _step.File("numbers.csv", "1;x\n3;y\n");

        var table = (await _step.RunAsync(new FileSource { Path = path, ColumnNames = "amount,\nkind", Header = false })).Table!;

        Assert.Equal(["amount", "kind"], table.Columns!.Select(column => column.Name));
        Assert.Equal(2, table.Rows);
    }

    [Fact]
    public async Task A_compressed_csv_file_is_read_whatever_its_name()
    {
        var path = _step.File("numbers", Gzip("a,b\n1,2\n"));

        Assert.Equal(1, (await _step.RunAsync(new FileSource { Path = path })).Table!.Rows);
    }

    [Theory]
    [InlineData("rows.json", """[{"a":1,"b":"x"},{"a":2,"b":null}]""")]
    [InlineData("rows.jsonl", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n")]
    public async Task Json_is_read_as_rows(string name, string text)
    {
        var table = (await _step.RunAsync(new FileSource { Path = _step.File(name, text) })).Table!;

        Assert.Equal(2, table.Rows);
        Assert.Equal(["a", "b"], table.Columns!.Select(column => column.Name));
    }

    [Fact]
    public async Task A_parquet_file_is_read_and_its_original_is_kept()
    {
        var made = await _step.TableAsync("select 1 as a, 'x' as b");
        var path = _step.File("rows.parquet", await File.ReadAllBytesAsync(_step.Store.PathOf(made.Sha256)));

        var table = (await _step.RunAsync(new FileSource { Path = path })).Table!;

        Assert.Equal(1, table.Rows);
        Assert.Equal(made.Sha256, table.Facts!["original"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_late_value_of_another_type_makes_the_column_text()
    {
        var text = new StringBuilder("a,b\n");
        for (var row = 0; row < 30_000; row++) text.Append(row).Append(",1\n");
        text.Append("none,2\n");

        var table = (await _step.RunAsync(new FileSource { Path = _step.File("late.csv", text.ToString()) })).Table!;

        Assert.Equal(30_001, table.Rows);
        Assert.Equal("VARCHAR", table.Columns![0].Type);
    }

    [Theory]
    [InlineData("a,b,c\n1,2,3\n4,5\n7,8,9\n", "line 3: 2 fields where the first line has 3")]
    [InlineData("a,b\n1,2\n3,4,5\n", "line 3: 3 fields where the first line has 2")]
    [InlineData("a,b\n1,2\n\"x\ny\",4\n3\n", "line 5: 1 field where the first line has 2")]
    public async Task A_ragged_row_is_named_by_file_and_line(string text, string expected)
    {
        var fault = await _step.FaultAsync(new FileSource { Path = _step.File("ragged.csv", text) });

        Assert.Contains("'ragged.csv'", fault.Message);
        Assert.Contains(expected, fault.Message);
    }

    [Fact]
    public async Task A_ragged_row_far_down_in_a_large_file_is_found()
    {
        var text = new StringBuilder("a,b\n");
        for (var row = 0; row < 50_000; row++) text.Append(row).Append(",1\n");
        text.Append("1,2,3\n");

        var fault = await _step.FaultAsync(new FileSource { Path = _step.File("ragged.csv", text.ToString()) });

        Assert.Contains("line 50002: 3 fields", fault.Message);
    }

    [Theory]
    [InlineData("empty.csv", new byte[0], "is empty")]
    [InlineData("blank.csv", new byte[] { 10, 10 }, "is empty")]
    [InlineData("picture.csv", new byte[] { 0x89, 0x50, 0, 1, 2, 0 }, "binary")]
    [InlineData("broken.csv.gz", new byte[] { 0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "gzip")]
    [InlineData("fake.parquet", new byte[] { 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76 }, "as Parquet")]
    [InlineData("fake.json", new byte[] { 65, 66, 67 }, "as JSON")]
    [InlineData("latin1.csv", new byte[] { 97, 44, 98, 10, 0xE9, 44, 50, 10 }, "UTF-8")]
    public async Task A_file_that_is_no_table_is_refused_with_its_name(string name, byte[] bytes, string expected)
    {
        var fault = await _step.FaultAsync(new FileSource { Path = _step.File(name, bytes) });

        Assert.Contains($"'{name}'", fault.Message);
        Assert.Contains(expected, fault.Message);
    }

    [Fact]
    public async Task A_missing_file_and_a_wrong_number_of_names_are_said_plainly()
    {
        Assert.Contains("'gone.csv'", (await _step.FaultAsync(new FileSource { Path = "gone.csv" })).Message);
        Assert.Contains("'path' is empty", (await _step.FaultAsync(new FileSource())).Message);
        var names = await _step.FaultAsync(new FileSource { Path = _step.File("two.csv", "1,2\n"), ColumnNames = "only" });
        Assert.Contains("1 names, but 'two.csv' has 2 columns", names.Message);
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    public void Dispose() => _step.Dispose();
}
