using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Tracking;
using Flows.Hub.Artifacts;
using Flows.Hub.Artifacts.Collection;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Artifacts;

/// <summary>What nothing names goes, and nothing that is named; a changed byte is found and named.</summary>
public sealed class ArtifactCollectionTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    private ArtifactStore Store => _hub.Services.GetRequiredService<ArtifactStore>();

    [Fact]
    public async Task What_nothing_names_goes_and_a_dry_run_only_says_so()
    {
        var (loose, young) = (await PutAsync("nobody names this", old: true), await PutAsync("nor this, but it is new", old: false));

        var trial = await CollectAsync("?dryRun=true");
        Assert.True(File.Exists(Store.PathOf(loose)));
        var done = await CollectAsync();

        Assert.Contains(loose, trial.Examples);
        Assert.Equal((trial.Artifacts, trial.Bytes, true, false), (done.Artifacts, done.Bytes, trial.IsTrial, done.IsTrial));
        Assert.False(File.Exists(Store.PathOf(loose)));
        Assert.True(File.Exists(Store.PathOf(young)));
    }

    [Fact]
    public async Task What_a_run_recorded_stays_with_every_file_of_its_folders()
    {
        await _hub.ImportAsync(Some.Chain("gathered", Some.Activity("work", "Flows.ShellScript", ("script", Some.Text("mkdir $FLOWS_OUTPUT_DIR/all; echo one > $FLOWS_OUTPUT_DIR/all/one; echo two > $FLOWS_OUTPUT_DIR/all/two")),
            ("customProperties", JsonNode.Parse("""{"ports":{"outputs":[{"name":"all","type":"Folder"}]}}""")!))));
        var run = await _hub.RunAsync("gathered");
        var step = run.Steps.Single(one => one.ActivityId == "work");
        foreach (var file in Directory.GetFiles(Store.Folder, "*", SearchOption.AllDirectories)) Age(file);

        await CollectAsync();

        var all = Artifact.From(step.Outputs!["all"])!;
        var folder = await Store.FetchAsync(all);
        Assert.Equal(["one\n", "two\n"], Directory.GetFiles(folder).Order().Select(File.ReadAllText));
        Assert.True(File.Exists(Path.Combine(await Store.FetchAsync(step.Facts!.Code!.Snapshot), "script.sh")));

        // Its manifest is damaged, where it begins and in a digest: it is named, and what it held stays.
        var manifest = await File.ReadAllBytesAsync(Store.PathOf(all.Sha256));
        var damaged = (byte[])manifest.Clone();
        var digest = Encoding.UTF8.GetString(manifest).IndexOf("sha256", StringComparison.Ordinal) + 20;
        (damaged[3], damaged[digest]) = ((byte)'x', (byte)(manifest[digest] == 'a' ? 'b' : 'a'));
        await ReplaceAsync(all.Sha256, damaged);
        foreach (var file in Directory.GetFiles(Store.Folder, "*", SearchOption.AllDirectories)) Age(file);

        Assert.Equal([all.Sha256], (await CollectAsync()).Damaged);

        await ReplaceAsync(all.Sha256, manifest);
        Assert.Equal(["one\n", "two\n"], Directory.GetFiles(await Store.FetchAsync(all)).Order().Select(File.ReadAllText));
    }

    [Fact]
    public async Task A_picture_that_is_only_tracked_and_bytes_that_are_only_a_version_stay_and_so_do_the_files_of_a_tracked_folder()
    {
        await _hub.ImportAsync(Some.Chain("pictured", Some.Line("a", "x")));
        var run = await _hub.RunAsync("pictured");
        var (picture, rows, inner) = (await PutAsync("a picture", old: true), await PutAsync("rows of a version", old: true), await PutAsync("in a folder", old: true));
        var folder = await PutAsync($$"""{"files":[{"path":"in.txt","size":11,"sha256":"{{inner}}"}]}""", old: true);
        TrackedEntry[] entries = [new() { File = "sample", Artifact = new Artifact(picture, "Image", "p.png", 9) }, new() { File = "all", Artifact = new Artifact(folder, "Folder", "all", 11) { MediaType = ArtifactFolder.MediaType } }];
        (await _hub.Http.PostAsJsonAsync($"/api/runs/{run.Id}/tracking", new TrackingBatch { Writer = "w", From = 0, Entries = entries }, ContractJson.Options)).EnsureSuccessStatusCode();
        (await _hub.Http.PostAsJsonAsync("/api/datasets", new DataSetRegistration("kept-bytes", new Artifact(rows, "File", "rows.csv", 17)), ContractJson.Options)).EnsureSuccessStatusCode();
        foreach (var file in Directory.GetFiles(Store.Folder, "*", SearchOption.AllDirectories)) Age(file);

        await CollectAsync();

        Assert.All([picture, rows, folder, inner], sha256 => Assert.True(File.Exists(Store.PathOf(sha256)), sha256));
    }

    [Fact]
    public async Task What_is_stored_or_read_again_is_new_again()
    {
        var (stored, read) = (await PutAsync("stored again", old: true), await PutAsync("read again", old: true));

        await PutAsync("stored again", old: false);
        await Store.VerifiedPathAsync(read);
        await CollectAsync();

        Assert.True(File.Exists(Store.PathOf(stored)) && File.Exists(Store.PathOf(read)));
    }

    [Fact]
    public async Task A_changed_byte_is_found_and_the_artifact_named()
    {
        await using var own = await TestHub.StartAsync();
        var store = own.Services.GetRequiredService<ArtifactStore>();
        var (whole, _) = await store.PutAsync(new MemoryStream("whole"u8.ToArray()));
        var (broken, _) = await store.PutAsync(new MemoryStream("broken"u8.ToArray()));
        File.SetAttributes(store.PathOf(broken), FileAttributes.Normal);
        await File.WriteAllTextAsync(store.PathOf(broken), "brokeN");

        var found = (await (await own.Http.PostAsync("/api/artifacts/verify", null)).Content.ReadFromJsonAsync<Verified>(ContractJson.Options))!;

        Assert.Equal([broken], found.Damaged);
        Assert.Contains($"Artifact {broken} is damaged", await (await own.Http.GetAsync($"/api/artifacts/{broken}")).Content.ReadAsStringAsync());
        Assert.Equal("whole", await own.Http.GetStringAsync($"/api/artifacts/{whole}"));
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("NaN")]
    public async Task What_is_younger_than_an_hour_is_never_collected(string hours) =>
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _hub.Http.PostAsync($"/api/artifacts/collect?olderThanHours={hours}", null)).StatusCode);

    private async Task<Collected> CollectAsync(string query = "") => (await (await _hub.Http.PostAsync($"/api/artifacts/collect{query}", null)).Content.ReadFromJsonAsync<Collected>(ContractJson.Options))!;

    private async Task<string> PutAsync(string text, bool old)
    {
        var (sha256, _) = await Store.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        if (old) Age(Store.PathOf(sha256));
        return sha256;
    }

    private async Task ReplaceAsync(string sha256, byte[] bytes)
    {
        File.SetAttributes(Store.PathOf(sha256), FileAttributes.Normal);
        await File.WriteAllBytesAsync(Store.PathOf(sha256), bytes);
    }

    private static void Age(string file) => File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3));
}
