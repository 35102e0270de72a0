namespace Flows.Tests.Support;

/// <summary>One server for all tests of a class. Ids of flows are the whole server's: each test gives its own.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    public TestHub Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
