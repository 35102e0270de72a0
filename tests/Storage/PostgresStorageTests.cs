using Flows.Hub;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Storage;

public sealed class PostgresStorageTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("", 100)]
    [InlineData(";Max Auto Prepare=0", 0)]
    public async Task Statements_are_prepared_unless_the_storage_says_otherwise(string said, int most)
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        using var data = DataFolder.Own(storage.Folder);

        await using var db = new OpeningDatabase(data, storage.Connection + said).CreateDbContext();

        var connection = new Npgsql.NpgsqlConnectionStringBuilder(db.Database.GetConnectionString());
        Assert.Equal((most, true), (connection.MaxAutoPrepare, connection.NoResetOnClose));
    }

    [Theory]
    [InlineData("nonsense", "not a PostgreSQL connection string")]
    [InlineData("Host=127.0.0.1;Port={port};Database=none;Username=stranger", "cannot be opened")]
    public async Task A_storage_that_cannot_be_used_is_told_in_a_sentence(string storage, string expected)
    {
        var port = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.NewDatabaseAsync()).Port;

        var refused = await Assert.ThrowsAsync<StorageFault>(() => TestHub.StartAsync(options: new HubOptions { Storage = storage.Replace("{port}", $"{port}") }));

        Assert.Contains(expected, refused.Message);
    }
}
