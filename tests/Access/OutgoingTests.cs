using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Library.Network;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

/// <summary>Requests that flows send, where people sign in.</summary>
public sealed class OutgoingTests
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    public void An_address_is_of_the_internet_or_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    // By number, by a name that leads there, and by a redirection.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_request_does_not_reach_this_machine_unless_its_network_is_allowed(string host)
    {
        await using var target = await TestHub.StartAsync();
        await using var closed = await AccountsSite.StartAsync();
        await using var open = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:Networks:0"] = "127.0.0.0/8" });
        var url = $"http://{host}:{new Uri(target.Url).Port}/health";

        Assert.Equal("Failed to connect", await OutcomeAsync(closed, url));
        if (host != "localhost") Assert.Equal("Done", await OutcomeAsync(open, url));
    }

    private static async Task<string> OutcomeAsync(AccountsSite site, string url)
    {
        var flow = $$$$$"""
            {"definitionId":"ask","name":"ask","root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.SendHttpRequest","url":{"typeName":"String","expression":{"type":"Literal","value":"{{{{{url}}}}}"}}}],"connections":[]}}
            """;
        AccountsSite.Ok(await site.Administrator.PostAsync("/api/flows/import?publish=true", new StringContent(flow, Encoding.UTF8, "application/json")));
        var run = await site.Administrator.StartRunAsync("ask");
        var record = await site.Administrator.UntilRunAsync(run, run => run.Status == RunStatus.Finished);
        return record.Steps.Single(step => step.ActivityId == "a").Outcomes.Single();
    }
}
