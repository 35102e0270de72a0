using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Hub.Artifacts;
using Flows.Hub.Artifacts.Collection;
using Flows.Hub.Records;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Records;

/// <summary>Records, verdicts and the search for what is named, on PostgreSQL.</summary>
public sealed class PostgresRecordTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_run_is_recorded_made_again_and_what_it_names_is_left_alone()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        await hub.ImportAsync(Some.Chain("kept", Some.Activity("work", "Flows.ShellScript", ("script", Some.Text("mkdir $FLOWS_OUTPUT_DIR/all; echo $FLOWS_SEED > $FLOWS_OUTPUT_DIR/all/seed")),
            ("customProperties", JsonNode.Parse("""{"ports":{"outputs":[{"name":"all","type":"Folder"}]}}""")!))));
        var run = await hub.RunAsync("kept");
        var folder = Artifact.From(run.Steps.Single(step => step.ActivityId == "work").Outputs!["all"])!;
        var store = hub.Services.GetRequiredService<ArtifactStore>();
        var (loose, _) = await store.PutAsync(new MemoryStream("loose"u8.ToArray()));
        foreach (var file in Directory.GetFiles(store.Folder, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3));

        var gone = (await (await hub.Http.PostAsync("/api/artifacts/collect", null)).Content.ReadFromJsonAsync<Collected>(ContractJson.Options))!;
        var verdict = (await (await hub.Http.PostAsync($"/api/runs/{run.Id}/reproduce?wait=60", null)).Content.ReadFromJsonAsync<RunVerdict>(ContractJson.Options))!;

        Assert.Equal([loose], gone.Examples);
        Assert.True(verdict.Verdict == Verdict.BitIdentical, verdict.Text);
        Assert.NotEmpty(Directory.GetFiles(await store.FetchAsync(folder)));
        Assert.Equal(2, (await hub.Services.GetRequiredService<AttemptRecords>().UsesAsync(folder.Sha256)).Count);
    }
}
