using Flows.Hub.Artifacts;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Artifacts;

public sealed class AdoptedArtifactsTests(PostgresServer postgres)
{
    [Fact]
    public async Task What_was_stored_before_projects_had_records_is_the_default_projects()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        await using (var older = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await older.ImportAsync(Some.Chain("older", Some.Line("a", "x")));
            await older.Http.PostAsync("/api/artifacts", new StringContent("of an older program"));
        }
        await using (var db = storage.CreateDbContext()) Assert.Equal(1, await db.Set<ArtifactRecordRow>().ExecuteDeleteAsync());

        await using (await TestHub.StartAsync(storage.Folder, storage.Options)) { }

        await using var now = storage.CreateDbContext();
        Assert.Equal("default", Assert.Single(await now.Set<ArtifactRecordRow>().ToListAsync()).ProjectId);
    }
}
