using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Runs;
using Flows.Tests.Cli;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>Files that are no flows, through the server and through the command line.</summary>
public sealed class BadFilesTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private static readonly string Whole = Some.Chain("whole", Some.Line("a", "one"), Some.Line("b", "two"));

    public static TheoryData<string, string, string> Files => new()
    {
        { "truncated", Whole[..(Whole.Length / 2)], "cut off" },
        { "empty", "", "empty" },
        { "nested", string.Concat(Enumerable.Repeat("{\"root\":", 100_000)), "nested more than" },
        { "nestedArrays", new string('[', 1_000_000), "nested more than" },
        { "other", """{"name":"package","version":"1.0.0","dependencies":{}}""", "no 'root' activity" },
        { "number", "42", "not a workflow definition" },
        { "mixed", "[" + Whole + ",7]", "not a workflow definition" },
        { "text", "This is no flow.", "cannot be read as JSON" },
        { "twice", """{"root":{"type":"Elsa.Flowchart"},"root":{"type":"Elsa.Flowchart"}}""", "root" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_server_says_what_is_wrong_with_a_file_and_keeps_what_it_has(string name, string content, string expected)
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("kept", Some.Line("a", "still here")));
        var before = await hub.Http.GetStringAsync("/api/flows");

        foreach (var route in (string[])["/api/flows/import?publish=true", "/api/flows/check"])
        {
            var answer = await hub.Http.PostAsync(route, new StringContent(content, Encoding.UTF8, "application/json"));
            var said = await answer.Content.ReadFromJsonAsync<JsonObject>();

            Assert.Equal((name, HttpStatusCode.BadRequest), (name, answer.StatusCode));
            Assert.Contains(expected, said!["detail"]!.GetValue<string>());
        }

        Assert.Equal(before, await hub.Http.GetStringAsync("/api/flows"));
        Assert.Equal(["still here"], (await hub.RunAsync("kept")).Lines);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_and_a_broken_bundle_are_refused()
    {
        var hub = shared.Hub;

        foreach (var bytes in (byte[][])[[0xff, 0xfe, 0x00, 0x80, 0x81], [.. "PK"u8, 3, 4, 9, 9, 9, 9]])
        {
            var answer = await hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(bytes));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
        }
        await hub.HealthyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_megabytes_are_refused_without_being_kept(bool announced)
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("kept", Some.Line("a", "still here")));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        using var content = new StreamContent(new Endless(100L << 20, '['), 64 * 1024);
        if (announced) content.Headers.ContentLength = 100L << 20;
        var status = await StatusOfAsync(() => hub.Http.PostAsync("/api/flows/import", content));

        Assert.Contains(status, (HttpStatusCode?[])[HttpStatusCode.RequestEntityTooLarge, null]);
        await hub.HealthyAsync();
        Assert.Equal(["still here"], (await hub.RunAsync("kept")).Lines);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 << 20);
    }

    [Fact]
    public async Task Check_and_run_say_what_is_wrong_and_end_with_2()
    {
        using var flows = new FlowsProgram();
        var files = Files.ToDictionary(row => flows.Write(row.Data.Item1 + ".json", row.Data.Item2), row => row.Data.Item3);

        foreach (var (file, expected) in files)
        {
            var check = await flows.RunAsync("check", file);
            Assert.Equal((file, 2), (file, check.Code));
            Assert.Contains(expected, check.Error);
            Assert.Contains(file, check.Error);
            Assert.DoesNotContain("   at ", check.Error);
        }
        var run = await flows.RunAsync("run", "truncated.json");
        Assert.Equal(2, run.Code);
        Assert.Contains("cut off", run.Error);
    }

    [Fact]
    public async Task Check_and_run_refuse_a_hundred_megabytes_before_reading_them()
    {
        using var flows = new FlowsProgram();
        await using (var file = File.Create(Path.Combine(flows.Folder, "huge.json"))) file.SetLength(100L << 20);

        foreach (var verb in (string[])["check", "run"])
        {
            var ended = await flows.RunAsync(verb, "huge.json");
            Assert.Equal(2, ended.Code);
            Assert.Contains("larger than 64 MB", ended.Error);
        }
    }

    [Fact]
    public async Task A_huge_flow_of_unknown_activities_is_kept_with_its_problems()
    {
        var hub = shared.Hub;
        var flow = Some.Chain("strange", [.. Enumerable.Range(0, 3_000).Select(i => Some.Activity($"n{i}", $"Nobody.Knows{i}"))]);

        var saved = Assert.Single(await hub.ImportAsync(flow));

        Assert.Equal(3_000, saved.Problems.Count(problem => problem is { Code: "unknown-activity", Level: ProblemLevel.Error }));
        var answer = await hub.Http.PostAsJsonAsync("/api/flows/strange/runs?draft=true", new RunRequest(), ContractJson.Options);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    // A server that refuses while the body is still on its way may close the connection under the sender's hands.
    private static async Task<HttpStatusCode?> StatusOfAsync(Func<Task<HttpResponseMessage>> send)
    {
        try { return (await send()).StatusCode; }
        catch (HttpRequestException) { return null; }
    }

    /// <summary>That many bytes of one kind, made as they are read.</summary>
    private sealed class Endless(long length, char filled) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var part = buffer[..(int)Math.Min(buffer.Length, _left)];
            part.Fill((byte)filled);
            _left -= part.Length;
            return part.Length;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
