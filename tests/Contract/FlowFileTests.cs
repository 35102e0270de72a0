using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Flows.Tests.Contract;

public sealed class FlowFileTests
{
    [Theory]
    [MemberData(nameof(ElsaFiles.All), MemberType = typeof(ElsaFiles))]
    public void A_file_of_Elsa_is_written_back_whole(string file)
    {
        var text = ElsaFiles.Text(file);

        var written = FlowFile.Write(FlowFile.ReadOne(text));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text.TrimStart('\uFEFF')), JsonNode.Parse(written)));
    }

    [Property(MaxTest = 200)]
    public Property Any_definition_that_loads_saves_back_equal() => Prop.ForAll(AnyJson.Definitions(), text =>
    {
        var read = FlowFile.ReadOne(text);
        return JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(FlowFile.Write(read)));
    });

    [Theory]
    [InlineData("""{"root":{"type":"Elsa.Flowchart","id":"r" """, "cut off")]
    [InlineData("""{"root":{"type":"Elsa.Flowch""", "cut off")]
    [InlineData("""[1]""", "not a workflow definition")]
    [InlineData("""{"name":"x"}""", "'root'")]
    [InlineData("""{"root":{"type":"A"},"root":{"type":"B"}}""", "cannot be read as JSON")]
    [InlineData("""{"name":"\ud800","root":{"type":"A"}}""", "cannot be read as JSON")]
    [InlineData(" ", "is empty")]
    public void A_bad_file_gets_a_clear_sentence(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FlowFileException>(() => FlowFile.Read(text)).Message);

    [Fact]
    public void A_bad_file_says_its_place_once()
    {
        var said = Assert.Throws<FlowFileException>(() => FlowFile.Read("{\n\"name\": \"x\ny\"}")).Message;

        Assert.StartsWith("The file cannot be read as JSON at line 2: ", said);
        Assert.DoesNotContain("LineNumber", said);
    }

    [Fact]
    public void A_deeply_nested_file_is_refused()
    {
        var deep = """{"root":{"type":"A","id":"a","x":""" + new string('[', 100_000);

        Assert.Contains("levels deep", Assert.Throws<FlowFileException>(() => FlowFile.Read(deep)).Message);
    }

    [Fact]
    public async Task A_huge_stream_is_refused_before_it_is_read_whole()
    {
        var huge = new EndlessSpaces(100L * 1024 * 1024);

        var refused = await Assert.ThrowsAsync<FlowFileException>(() => FlowFile.ReadAsync(huge));

        Assert.Contains("larger than 64 MB", refused.Message);
        Assert.True(huge.Given <= FlowFile.MaxBytes + 1024 * 1024);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused()
    {
        var refused = await Assert.ThrowsAsync<FlowFileException>(() => FlowFile.ReadAsync(new MemoryStream([0x50, 0x4B, 0xFF, 0xFE])));

        Assert.Contains("UTF-8", refused.Message);
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped() =>
        Assert.Single(await FlowFile.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF{\"root\":{\"type\":\"A\"}}"))));

    [Fact]
    public void The_canonical_form_has_todays_connections_and_bare_collections()
    {
        var legacy = FlowFile.ReadOne("""
            {"root":{"id":"r","type":"Elsa.Flowchart","kept":1,
             "activities":{"_type":"List","items":[{"id":"a","type":"A"},{"id":"b","type":"B"}]},
             "connections":[{"source":"a","target":"b","sourcePort":"Done","targetPort":"In","note":"x"}]}}
            """);

        var today = CanonicalFlow.Of(legacy).Root!;

        Assert.Equal(2, ((JsonArray)today.Json["activities"]!).Count);
        Assert.Equal("a", today.Json["connections"]![0]!["source"]!["activity"]!.GetValue<string>());
        Assert.Equal("x", today.Json["connections"]![0]!["note"]!.GetValue<string>());
        Assert.Equal(legacy.Root!.Connections, today.Connections);
        Assert.Equal(1, today.Json["kept"]!.GetValue<int>());
    }

    [Fact]
    public void The_index_finds_an_activity_with_its_place()
    {
        var index = new FlowIndex(FlowFile.ReadOne("""{"root":{"id":"r","type":"Elsa.Flowchart","activities":[{"id":"w","type":"Elsa.While","body":{"id":"b","type":"Elsa.WriteLine"}}]}}"""));

        var body = index.Find("b")!;

        Assert.Equal(("body", "w", "r"), (body.Slot, body.Parent!.Id, body.Parent.Parent!.Id));
        Assert.Null(index.Find("x"));
    }

    /// <summary>A body that never says how long it is.</summary>
    private sealed class EndlessSpaces(long length) : Stream
    {
        public long Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Given);
            Array.Fill(buffer, (byte)' ', offset, read);
            Given += read;
            return read;
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
