using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Runs;
using Flows.Contract.Secrets;
using Flows.Hub.Secrets;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Secrets;

/// <summary>Secrets over the API, in checks, in the cache, from outside.</summary>
public sealed class SecretTests(PostgresServer postgres)
{
    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task A_secret_is_written_named_and_deleted_and_never_read_back_and_outlives_a_restart(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await PutAsync(hub, "github-token", "ghp_first-value");
            await PutAsync(hub, "github-token", "ghp_second-value");
        }
        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        var listed = await next.Http.GetStringAsync("/api/secrets");
        var secret = Assert.Single(System.Text.Json.JsonSerializer.Deserialize<List<SecretSummary>>(listed, ContractJson.Options)!);
        Assert.Equal(("github-token", "stored", "local"), (secret.Name, secret.Source, secret.Author));
        Assert.True(secret.CreatedAt < secret.ChangedAt);
        Assert.DoesNotContain("value", listed);
        Assert.Equal("ghp_second-value", await next.Services.GetRequiredService<ISecrets>().FindAsync("default", "github-token"));
        Assert.NotNull((await ListAsync(next)).Single().UsedAt);
        Assert.Null(await next.Services.GetRequiredService<ISecrets>().FindAsync("another", "github-token"));
        Assert.Equal(HttpStatusCode.NoContent, (await next.Http.DeleteAsync("/api/secrets/github-token")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await next.Http.DeleteAsync("/api/secrets/github-token")).StatusCode);
        Assert.Empty(await ListAsync(next));
    }

    [Fact]
    public async Task A_value_that_is_too_short_to_mask_and_a_name_that_is_none_are_refused()
    {
        await using var hub = await TestHub.StartAsync();

        var shortOne = await hub.Http.PutAsJsonAsync("/api/secrets/pin", new { value = "123" });
        var badName = await hub.Http.PutAsJsonAsync("/api/secrets/7%20up", new { value = "long enough" });

        Assert.Equal(HttpStatusCode.BadRequest, shortOne.StatusCode);
        Assert.Contains("4 to 32768 characters", await shortOne.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, badName.StatusCode);
        Assert.Contains("beginning with a letter", await badName.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_row_moved_to_another_name_or_a_lost_key_ring_gives_no_value_and_says_why()
    {
        var folder = Directory.CreateTempSubdirectory("flows-secrets-").FullName;
        await using (var hub = await TestHub.StartAsync(folder))
        {
            await PutAsync(hub, "mine", "the-value-of-mine");
            await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContext().Database.ExecuteSqlRawAsync("UPDATE secrets SET \"Name\" = 'yours'");
            var moved = await Assert.ThrowsAsync<Flows.Contract.Activities.ActivityFault>(() => hub.Services.GetRequiredService<ISecrets>().FindAsync("default", "yours").AsTask());
            Assert.Contains("cannot be read any more", moved.Message);
            await PutAsync(hub, "mine", "the-value-of-mine");
        }
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(folder, "keys")));
        Directory.Delete(Path.Combine(folder, "keys"), recursive: true);
        await using (var hub = await TestHub.StartAsync(folder))
        {
            var lost = await Assert.ThrowsAsync<Flows.Contract.Activities.ActivityFault>(() => hub.Services.GetRequiredService<ISecrets>().FindAsync("default", "mine").AsTask());
            Assert.Contains("'mine'", lost.Message);
            await PutAsync(hub, "mine", "written-anew");
            Assert.Equal("written-anew", await hub.Services.GetRequiredService<ISecrets>().FindAsync("default", "mine"));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_projects_own_secret_goes_before_the_folders_and_that_before_the_environments()
    {
        var folder = Directory.CreateTempSubdirectory("flows-mounted-").FullName;
        var prefix = $"FLOWS_TEST_{Guid.NewGuid():N}_".ToUpperInvariant();
        await File.WriteAllTextAsync(Path.Combine(folder, "both.places"), "of the folder\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "..data"), "Kubernetes' own");
        Environment.SetEnvironmentVariable(prefix + "BOTH_PLACES", "of the environment");
        Environment.SetEnvironmentVariable(prefix + "ALONE", "in the environment");
        var outside = new OutsideSecrets(Microsoft.Extensions.Options.Options.Create(new SecretsOptions { Folder = folder, EnvironmentPrefix = prefix }));

        Assert.Equal(("of the folder", "in the environment", null, null), (outside.Find("both.places"), outside.Find("alone"), outside.Find("neither"), outside.Find("../" + Path.GetFileName(folder) + "/both.places")));
        Assert.Equal([("both.places", "folder"), ("ALONE", "environment"), ("BOTH_PLACES", "environment")], outside.List().Select(one => (one.Name, one.Source)));

        await using var hub = await TestHub.StartAsync();
        var all = new ProjectSecrets(hub.Services.GetRequiredService<SecretStore>(), outside);
        await PutAsync(hub, "both.places", "of the project");
        Assert.Equal("of the project", await all.FindAsync("default", "both.places"));
        Assert.Equal("stored", (await all.ListAsync("default", default)).Single(one => one.Name == "both.places").Source);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Publishing_names_the_node_and_field_of_each_unknown_or_misplaced_secret()
    {
        await using var hub = await TestHub.StartAsync();
        var flow = Some.Chain("wrong",
            Some.Activity("send", "Elsa.SendHttpRequest", ("url", Some.Text("http://127.0.0.1:9")), ("authorization", Secret("nowhere"))),
            Some.Activity("script", "Flows.PythonScript", ("script", Some.Text("pass")), ("secrets", Some.Text("neither"))),
            Some.Activity("say", "Elsa.WriteLine", ("text", Secret("nowhere"))));
        var answer = await hub.Http.PostAsync("/api/flows/check", new StringContent(flow, Encoding.UTF8, "application/json"));
        var problems = (await answer.Content.ReadFromJsonAsync<List<FlowProblem>>(ContractJson.Options))!;

        Assert.Equal([("secret-misplaced", "say", "text"), ("unknown-secret", "say", "text"), ("unknown-secret", "script", "secrets"), ("unknown-secret", "send", "authorization")],
            problems.Where(problem => problem.Level == ProblemLevel.Error).Select(problem => (problem.Code, problem.ActivityId!, problem.Field!)).Order());
        await hub.Http.PostAsync("/api/flows/import", new StringContent(flow, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hub.Http.PostAsync("/api/flows/wrong/publish", null)).StatusCode);

        await PutAsync(hub, "nowhere", "now it is there");
        await PutAsync(hub, "neither", "now it is there");
        answer = await hub.Http.PostAsync("/api/flows/check", new StringContent(flow, Encoding.UTF8, "application/json"));
        Assert.DoesNotContain("unknown-secret", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_changed_secret_misses_the_cache_and_the_same_one_hits_it()
    {
        await using var hub = await TestHub.StartAsync();
        await PutAsync(hub, "salt", "first-salt");
        await hub.ImportAsync(Cached());

        var runs = new List<RunRecord> { await hub.RunAsync("cached"), await hub.RunAsync("cached") };
        await PutAsync(hub, "salt", "second-salt");
        runs.Add(await hub.RunAsync("cached"));

        Assert.Equal([false, true, false], runs.Select(run => Step(run, "work").Cached));
        Assert.All(runs, run => Assert.Equal(RunSubStatus.Finished, run.SubStatus));
    }

    internal static async Task PutAsync(TestHub hub, string name, string value)
    {
        var answer = await hub.Http.PutAsJsonAsync($"/api/secrets/{name}", new { value });
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    internal static JsonObject Secret(string name) => new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Secret", ["value"] = name } };

    internal static StepRecord Step(RunRecord run, string activity) => run.Steps.Single(step => step.ActivityId == activity);

    private static async Task<List<SecretSummary>> ListAsync(TestHub hub) => (await hub.Http.GetFromJsonAsync<List<SecretSummary>>("/api/secrets", ContractJson.Options))!;

    private static string Cached()
    {
        var work = Some.Activity("work", "Flows.PythonScript", ("script", Some.Text("import flows\nassert flows.secret('salt').endswith('salt')")), ("secrets", Some.Text("salt")));
        work["customProperties"] = new JsonObject { ["cache"] = new JsonObject { ["enabled"] = true } };
        return Some.Chain("cached", work);
    }
}
