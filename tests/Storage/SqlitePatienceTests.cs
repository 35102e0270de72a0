using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Storage;

public sealed class SqlitePatienceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-patience-").FullName;

    // The library above SQLite sleeps 150 ms whenever another writes, which a step of a run would feel; SQLite itself waits as long as it takes.
    [Fact]
    public async Task SQLite_itself_waits_for_another_writer()
    {
        using var data = DataFolder.Own(_folder);
        var databases = new OpeningDatabase(data, storage: null);
        // The second time the connection comes from the pool.
        foreach (var isAsync in (bool[])[false, true])
        {
            await using var db = databases.CreateDbContext();
            if (isAsync) await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            else db.Database.OpenConnection();
            await using var ask = db.Database.GetDbConnection().CreateCommand();
            ask.CommandText = "PRAGMA busy_timeout";

            Assert.Equal(30_000L, await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            ask.CommandText = "PRAGMA wal_autocheckpoint";
            Assert.Equal(4_000L, await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
