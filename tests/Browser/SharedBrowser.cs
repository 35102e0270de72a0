namespace Flows.Tests.Browser;

/// <summary>Browser tests that share one Chromium, its loaded pages and one server; each has flows of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBrowser : ICollectionFixture<ChromiumFixture>
{
    public const string Name = "browser";
}
