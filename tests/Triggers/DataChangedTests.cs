using Flows.Tests.Support;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start when data elsewhere changes: a bucket, a SQLite file, a PostgreSQL database.</summary>
public sealed class DataChangedTests(PostgresServer postgres, S3Server s3)
{
    [Fact]
    public async Task An_object_that_comes_or_is_another_starts_a_run()
    {
        var bucket = await s3.NewBucketAsync();
        using var client = s3.Client();
        await client.PutObjectAsync(new() { BucketName = bucket.Bucket, Key = "in/old.csv", ContentBody = "old" });
        await using var hub = await TestHub.StartAsync();
        var address = $"s3://{bucket.Bucket}/in?endpoint={bucket.Endpoint}&accessKeyFrom={bucket.AccessKeyFrom}&secretKeyFrom={bucket.SecretKeyFrom}";
        await hub.ImportAsync(TriggerCalls.Flow("bucket", TriggerCalls.Trigger("Flows.BucketChanged", ("address", address), ("pollSeconds", "0.2")), "getInput('key') + ' ' + getOutputFrom('on').objects[0].change", "key"));
        await hub.UntilLookedAsync("bucket");

        await client.PutObjectAsync(new() { BucketName = bucket.Bucket, Key = "elsewhere/new.csv", ContentBody = "new" });
        await client.PutObjectAsync(new() { BucketName = bucket.Bucket, Key = "in/new.csv", ContentBody = "new" });
        await hub.UntilRunsAsync("bucket", 1);
        await client.PutObjectAsync(new() { BucketName = bucket.Bucket, Key = "in/old.csv", ContentBody = "changed" });

        Assert.Equal(["in/new.csv added", "in/old.csv changed"], (await hub.UntilRunsAsync("bucket", 2)).SelectMany(run => run.Lines));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_the_triggers_error()
    {
        var bucket = await s3.NewBucketAsync();
        await using var hub = await TestHub.StartAsync();
        var address = $"s3://flows-none/in?endpoint={bucket.Endpoint}&accessKeyFrom={bucket.AccessKeyFrom}&secretKeyFrom={bucket.SecretKeyFrom}";

        await hub.ImportAsync(TriggerCalls.Flow("bucket", TriggerCalls.Trigger("Flows.BucketChanged", ("address", address), ("pollSeconds", "0.2"))));

        await hub.UntilTriggerAsync("bucket", trigger => trigger.Error?.Contains("flows-none cannot be listed") == true);
    }

    [Fact]
    public async Task Rows_of_a_SQLite_table_beyond_the_watermark_start_a_run_also_those_of_the_time_between()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        var file = Path.Combine(storage.Folder, "shop.db");
        Execute(file, "CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO orders VALUES (1, 'before')");
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(TriggerCalls.Flow("rows", TriggerCalls.Trigger("Flows.QueryChanged", ("database", "sqlite"), ("connection", file), ("query", "SELECT * FROM orders;"), ("watermark", "id"), ("pollSeconds", "0.2")), "getOutputFrom('on').rows.map(row => row.name).join()"));
            await hub.UntilLookedAsync("rows");
            Execute(file, "INSERT INTO orders VALUES (2, 'two'), (3, 'three')");
            await hub.UntilRunsAsync("rows", 1);
        }
        Execute(file, "INSERT INTO orders VALUES (4, 'four')");

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        Assert.Equal(["two,three", "four"], (await next.UntilRunsAsync("rows", 2)).SelectMany(run => run.Lines));
    }

    [Fact]
    public async Task Another_result_of_a_query_starts_a_run_each_time_also_when_it_was_so_before()
    {
        var connection = await postgres.NewDatabaseAsync();
        await ExecuteAsync(connection, "CREATE TABLE stock (item text, count int); INSERT INTO stock VALUES ('bolt', 1)");
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("stock", TriggerCalls.Trigger("Flows.QueryChanged", ("database", "postgres"), ("connection", connection), ("query", "SELECT count FROM stock"), ("pollSeconds", "0.2")), "getOutputFrom('on').row.count"));
        await hub.UntilLookedAsync("stock");

        for (var i = 1; i <= 4; i++)
        {
            await ExecuteAsync(connection, $"UPDATE stock SET count = {i % 2 + 1}");
            await hub.UntilRunsAsync("stock", i);
        }

        Assert.Equal(["2", "1", "2", "1"], (await hub.UntilRunsAsync("stock", 4)).SelectMany(run => run.Lines));
    }

    [Fact]
    public async Task A_query_is_looked_at_at_once_when_its_channel_says_so_and_cannot_write()
    {
        var connection = await postgres.NewDatabaseAsync();
        await ExecuteAsync(connection, "CREATE TABLE orders (id bigserial, at timestamptz DEFAULT now())");
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("orders", TriggerCalls.Trigger("Flows.QueryChanged", ("database", "postgres"), ("connection", connection), ("query", "SELECT * FROM orders"), ("watermark", "at"), ("channel", "orders"), ("pollSeconds", "3000")), "getOutputFrom('on').rows.map(row => row.id).join()"));
        await hub.ImportAsync(TriggerCalls.Flow("writes", TriggerCalls.Trigger("Flows.QueryChanged", ("database", "postgres"), ("connection", connection), ("query", "DELETE FROM orders RETURNING id"), ("pollSeconds", "3000"))));
        await hub.UntilLookedAsync("orders");

        await ExecuteAsync(connection, "INSERT INTO orders DEFAULT VALUES; NOTIFY orders");
        await hub.UntilRunsAsync("orders", 1);
        await ExecuteAsync(connection, "INSERT INTO orders DEFAULT VALUES; NOTIFY orders");

        Assert.Equal(["1", "2"], (await hub.UntilRunsAsync("orders", 2)).SelectMany(run => run.Lines));
        await hub.UntilTriggerAsync("writes", trigger => trigger.Error?.Contains("read-only transaction") == true);
    }

    [Fact]
    public async Task Each_notification_of_a_channel_is_a_run_and_a_connection_that_breaks_is_opened_again()
    {
        var connection = await postgres.NewDatabaseAsync();
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("told", TriggerCalls.Trigger("Flows.Notified", ("connection", connection), ("channel", "news")), "JSON.stringify(getOutputFrom('on').payload)"));
        await hub.UntilLookedAsync("told");

        await ExecuteAsync(connection, "NOTIFY news, 'a'; NOTIFY news, '{\"b\":1}'");
        await hub.UntilRunsAsync("told", 2);
        await ExecuteAsync(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'flows trigger' AND datname = current_database()");
        await hub.UntilTriggerAsync("told", trigger => trigger.Error?.Contains("not heard") == true);
        await hub.UntilTriggerAsync("told", trigger => trigger.Error is null);
        await ExecuteAsync(connection, "NOTIFY news, 'c'");

        Assert.Equal(["\"a\"", "\"c\"", "{\"b\":1}"], (await hub.UntilRunsAsync("told", 3)).SelectMany(run => run.Lines).Order());
    }

    private static void Execute(string file, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = new SqliteCommand(statement, connection);
        command.ExecuteNonQuery();
    }

    private static async Task ExecuteAsync(string connection, string statement)
    {
        await using var open = new NpgsqlConnection(connection);
        await open.OpenAsync();
        await using var command = new NpgsqlCommand(statement, open);
        await command.ExecuteNonQueryAsync();
    }
}
