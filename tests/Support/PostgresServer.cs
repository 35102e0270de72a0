using Flows.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Flows.Tests.Support;

/// <summary>The tests' PostgreSQL, made when the first test asks for a database. Skips visibly where there is none; on CI that is a failure.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly PostgresProcess _process = new();

    /// <summary>The connection string of a new, empty database.</summary>
    public Task<string> NewDatabaseAsync()
    {
        if (PostgresProcess.Programs() is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "PostgreSQL is missing: install Debian's postgresql");
            Assert.Skip("no PostgreSQL on this machine: install Debian's postgresql");
        }
        return _process.NewDatabaseAsync();
    }

    /// <inheritdoc cref="PostgresProcess.KillAsync"/>
    public Task KillAsync() => _process.KillAsync();

    /// <inheritdoc cref="PostgresProcess.StartAsync"/>
    public Task StartAsync() => _process.StartAsync();

    /// <inheritdoc cref="PostgresProcess.RestartAsync"/>
    public Task RestartAsync() => _process.RestartAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
