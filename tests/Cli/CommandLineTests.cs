using System.Diagnostics;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly FlowsProgram _flows = new();

    public void Dispose() => _flows.Dispose();

    [Fact]
    public async Task A_run_that_finishes_ends_with_0_and_json_prints_its_record_alone()
    {
        _flows.Write("hello.json", Some.Chain("hello", Some.Line("a", "good day")));

        var ended = await _flows.RunAsync("run", "hello.json", "--json");

        Assert.Equal((0, true), (ended.Code, ended.Error.Contains("good day")));
        Assert.Equal(["good day"], JsonSerializer.Deserialize<RunRecord>(ended.Output, ContractJson.Options)!.Lines);
    }

    [Fact]
    public async Task A_run_that_faults_ends_with_1_and_names_the_node()
    {
        _flows.Write("bad.json", Some.Chain("bad", Some.Activity("broken", "Elsa.Fault", ("message", Some.Text("no luck")))));

        var ended = await _flows.RunAsync("run", "bad.json");

        Assert.Equal(1, ended.Code);
        Assert.Contains("broken", ended.Error);
        Assert.Contains("no luck", ended.Error);
    }

    [Fact]
    public async Task A_setting_that_cannot_be_is_named_and_ends_with_2()
    {
        _flows.Settings["Orchestrators__DeadAfterSeconds"] = "1";

        var ended = await _flows.RunAsync("serve", "--urls", "http://127.0.0.1:0");

        Assert.Equal((2, "Orchestrators:DeadAfterSeconds (1) must be at least three times HeartbeatSeconds (1)."), (ended.Code, ended.Error.Trim()));
    }

    [Fact]
    public async Task A_run_that_waits_ends_with_3_when_it_is_not_waited_for()
    {
        _flows.Write("wait.json", Some.Chain("wait", Some.Line("a", "before"), Some.Delay("d", 3600)));

        var ended = await _flows.RunAsync("run", "wait.json", "--no-wait");

        Assert.Equal(3, ended.Code);
    }

    [Fact]
    public async Task The_demo_uses_the_server_that_has_the_data_folder_and_leaves_it_up()
    {
        var data = Path.Combine(_flows.Folder, "data");
        await using var server = await HubProcess.StartAsync(data);

        var ended = await _flows.RunAsync("demo", "--data", data);

        Assert.True(ended.Code == 0, ended.Error);
        Assert.Contains($"Flows is at {server.Http.BaseAddress!.ToString().TrimEnd('/')}", ended.Output);
        Assert.Contains("The deployed model says", ended.Output);
        Assert.Contains("it stays up", ended.Output);
        Assert.Contains("healthy", await server.Http.GetStringAsync("/health"));
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_run_and_ends_with_130()
    {
        _flows.Write("long.json", Some.Chain("long", Some.Line("a", "before"), Some.Delay("d", 3600)));
        using var process = _flows.Start("run", "long.json", "--json");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("d  waits")) { }

        using (Process.Start("kill", ["-INT", $"{process.Id}"])!) { }
        var ended = await FlowsProgram.EndAsync(process);

        Assert.Equal(130, ended.Code);
        Assert.Equal(RunSubStatus.Cancelled, JsonSerializer.Deserialize<RunRecord>(ended.Output, ContractJson.Options)!.SubStatus);
    }

    [Theory]
    [InlineData("There is no file", "run", "none.json")]
    [InlineData("There is no file", "check", "none.json")]
    [InlineData("There is no file", "import", "none.json")]
    [InlineData("cut off", "run", "cut.json")]
    [InlineData("not a workflow definition", "run", "other.json")]
    [InlineData("cut.json: ", "import", "cut.json")]
    [InlineData("name=value", "run", "fine.json", "--input", "x")]
    [InlineData("dance", "dance")]
    [InlineData("There is no flow 'none'", "export", "none")]
    public async Task A_mistake_on_the_command_line_ends_with_2_and_a_sentence(string expected, params string[] arguments)
    {
        _flows.Write("cut.json", """{"root": {"type": """);
        _flows.Write("other.json", """{"hello": 1}""");
        _flows.Write("fine.json", Some.Chain("fine", Some.Line("a", "x")));

        var ended = await _flows.RunAsync(arguments);

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
    }

    [Fact]
    public async Task Check_lists_every_problem_with_its_node_and_ends_with_2()
    {
        _flows.Write("odd.json", Some.Chain("odd", Some.Activity("one", "No.Such"), Some.Activity("two", "Nor.This")));
        _flows.Write("fine.json", Some.Chain("fine", Some.Line("a", "x")));

        var odd = await _flows.RunAsync("check", "odd.json", "fine.json");
        var fine = await _flows.RunAsync("check", "fine.json");

        Assert.Equal((2, 0), (odd.Code, fine.Code));
        Assert.Contains("one", odd.Output);
        Assert.Contains("two", odd.Output);
    }

    [Fact]
    public async Task Check_goes_on_after_a_file_that_cannot_be_read()
    {
        _flows.Write("cut.json", """{"root": {"type": """);
        _flows.Write("odd.json", Some.Chain("odd", Some.Activity("one", "No.Such")));

        var ended = await _flows.RunAsync("check", "cut.json", "odd.json");

        Assert.Equal(2, ended.Code);
        Assert.Contains("cut off", ended.Error);
        Assert.Contains("No.Such", ended.Output);
    }

    [Fact]
    public async Task On_a_data_folder_that_a_server_owns_the_command_becomes_its_client()
    {
        await using var hub = await TestHub.StartAsync();
        _flows.Write("hello.json", Some.Chain("hello", Some.Line("a", "by the server")));

        var ended = await _flows.RunAsync("run", "hello.json", "--json", "--data", hub.Data);

        Assert.Equal(0, ended.Code);
        var record = JsonSerializer.Deserialize<RunRecord>(ended.Output, ContractJson.Options)!;
        Assert.Equal(["by the server"], (await hub.RecordAsync(record.Id)).Lines);
    }

    [Fact]
    public async Task Files_beside_the_flow_that_it_names_go_with_it()
    {
        await using var hub = await TestHub.StartAsync();
        _flows.Write("rows.csv", "a,b\n1,2\n");
        _flows.Write("read.json", Some.Chain("read", Some.Activity("source", "Flows.FileSource", ("path", Some.Text("rows.csv")))));

        var ended = await _flows.RunAsync("run", "read.json", "--server", hub.Url);

        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal("a,b\n1,2\n", await hub.Http.GetStringAsync("/api/flows/read/files/rows.csv"));
    }
}
