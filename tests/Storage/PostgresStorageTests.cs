using Flows.Hub;
using Flows.Hub.Storage;
using Flows.Tests.Support;

namespace Flows.Tests.Storage;

public sealed class PostgresStorageTests(PostgresServer postgres)
{
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
