using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Flows.Contract;
using Flows.Contract.Triggers;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start when a branch has new commits, with a real repository.</summary>
public sealed class CodeChangedTests(SharedHub shared) : IClassFixture<SharedHub>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-code-").FullName;

    private string Repository => Path.Combine(_folder, "origin");

    [Fact]
    public async Task Commits_on_the_branch_are_told_and_those_beside_its_paths_are_not()
    {
        await CreateAsync();
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "getOutputFrom('on').commits.map(one => one.message).join() + ' ' + getOutputFrom('on').changedPaths.join() + ' ' + getOutputFrom('on').forced", ("paths", "src"));

        await CommitAsync("docs/a.md", "documents");
        await CommitAsync("src/a.py", "first");
        await CommitAsync("src/b.py", "second");

        await Eventually.TrueAsync(async () => (await hub.UntilRunsAsync("code", 1)).Sum(run => run.Lines[0].Split(' ')[0].Split(',').Length) == 2);
        var lines = (await hub.UntilRunsAsync("code", 1)).SelectMany(run => run.Lines).ToList();
        Assert.All(lines, line => Assert.EndsWith("false", line));
        Assert.DoesNotContain(lines, line => line.Contains("documents") || line.Contains("docs"));
        Assert.Contains("second", lines[^1]);
    }

    [Fact]
    public async Task A_branch_that_goes_or_a_repository_that_cannot_be_reached_is_the_triggers_error_and_its_commits_run_later()
    {
        await CreateAsync();
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "getOutputFrom('on').commits.map(one => one.message).join()");

        await GitAsync("checkout", "-q", "-b", "other");
        await GitAsync("branch", "-q", "-D", "main");
        await hub.UntilTriggerAsync("code", trigger => trigger.Error?.Contains("no branch 'main'") == true);
        Directory.Move(Repository, Repository + "-away");
        await hub.UntilTriggerAsync("code", trigger => trigger.Error?.Contains("cannot be read") == true);
        Directory.Move(Repository + "-away", Repository);
        await GitAsync("checkout", "-q", "-b", "main");
        await CommitAsync("late.txt", "late");

        Assert.Equal("late", Assert.Single(Assert.Single(await hub.UntilRunsAsync("code", 1)).Lines));
        Assert.Null((await hub.TriggerAsync("code")).Error);
    }

    [Fact]
    public async Task A_branch_that_was_set_to_other_commits_is_told_as_forced()
    {
        await CreateAsync();
        await CommitAsync("a.txt", "to be lost");
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "getOutputFrom('on').forced + ' ' + getOutputFrom('on').commits.map(one => one.message).join()");

        await GitAsync("commit", "-q", "--amend", "-m", "another");

        Assert.Equal("true another", Assert.Single(Assert.Single(await hub.UntilRunsAsync("code", 1)).Lines));
    }

    [Fact]
    public async Task What_was_committed_while_no_server_ran_is_found_at_the_next_start_and_a_webhook_makes_it_look_at_once()
    {
        await CreateAsync();
        using var storage = await TestStorage.NewAsync(StorageKind.Sqlite, null!);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options)) await PublishAsync(hub, "getOutputFrom('on').commit", ("pollSeconds", "3000"), ("secret", "push"));
        await CommitAsync("a.txt", "meanwhile");

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);
        await next.UntilRunsAsync("code", 1);
        await CommitAsync("b.txt", "pushed");
        var url = (await (await next.Http.PostAsync("/api/triggers/code/on/token", null)).Content.ReadFromJsonAsync<WebhookAddress>(ContractJson.Options))!.Url;
        Assert.Equal(HttpStatusCode.Unauthorized, (await PushAsync(next, url, "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PushAsync(next, url, "push")).StatusCode);

        var runs = await next.UntilRunsAsync("code", 2);
        Assert.Equal((await GitAsync("rev-parse", "HEAD")).Trim(), Assert.Single(runs[1].Lines));
    }

    [Theory]
    [InlineData("repository", "--upload-pack=touch /tmp/x")]
    [InlineData("repository", "ext::sh -c touch")]
    [InlineData("branch", "--exec")]
    public async Task What_git_would_take_for_an_option_or_a_program_is_refused(string field, string value)
    {
        var hub = shared.Hub;
        (string, string)[] settings = [("repository", "/srv/project.git"), (field, value)];
        var answer = await hub.Http.PostAsync("/api/flows/check", new StringContent(TriggerCalls.Flow("code", TriggerCalls.Trigger("Flows.CodeChanged", settings)), Encoding.UTF8, "application/json"));

        Assert.Contains($"'{field}' of 'on' must be", System.Text.RegularExpressions.Regex.Unescape(await answer.Content.ReadAsStringAsync()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<HttpResponseMessage> PushAsync(TestHub hub, string url, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Gitlab-Event", "Push Hook");
        request.Headers.Add("X-Gitlab-Token", token);
        return hub.Http.SendAsync(request);
    }

    private async Task PublishAsync(TestHub hub, string script, params (string, string)[] more)
    {
        (string, string)[] settings = [("repository", Repository), ("pollSeconds", "0.3"), .. more];
        await hub.ImportAsync(TriggerCalls.Flow("code", TriggerCalls.Trigger("Flows.CodeChanged", [.. settings.Reverse().DistinctBy(setting => setting.Item1)]), script));
        await hub.UntilLookedAsync("code");
    }

    private async Task CreateAsync()
    {
        Directory.CreateDirectory(Repository);
        await GitAsync("init", "-q", "-b", "main");
        await CommitAsync("readme.md", "begin");
    }

    private async Task CommitAsync(string file, string message)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository, file))!);
        await File.WriteAllTextAsync(Path.Combine(Repository, file), message);
        await GitAsync("add", ".");
        await GitAsync("commit", "-q", "-m", message);
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=Some Body", "-c", "user.email=some@body.test", .. arguments]) { WorkingDirectory = Repository, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (git.StandardOutput.ReadToEndAsync(), git.StandardError.ReadToEndAsync());
        await git.WaitForExitAsync();
        Assert.True(git.ExitCode == 0, await error);
        return await output;
    }
}
