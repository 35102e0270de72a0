using System.Net;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Hub.Presence;
using Flows.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Presence;

public sealed class PresenceTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Pages_that_have_a_flow_open_are_told_of_each_other_and_of_what_was_saved()
    {
        await shared.Hub.ImportAsync(Some.Chain("together", Some.Line("a", "one")));
        await TellAsync("together", "first", "a");

        var news = await TellAsync("together", "second");
        Assert.Equal(("first", "a"), (Assert.Single(news.Others).Id, Assert.Single(news.Others[0].Selection)));
        Assert.Equal((await shared.Hub.Http.GetAsync("/api/flows/together")).Headers.ETag!.ToString(), news.Tag);

        await shared.Hub.ImportAsync(Some.Chain("together", Some.Line("a", "two")));
        Assert.NotEqual(news.Tag, (await TellAsync("together", "second")).Tag);

        (await shared.Hub.Http.DeleteAsync("/api/flows/together/presence/first")).EnsureSuccessStatusCode();
        Assert.Empty((await TellAsync("together", "second")).Others);
    }

    [Fact]
    public async Task A_flow_that_is_not_there_is_looked_at_by_nobody() =>
        Assert.Equal(HttpStatusCode.NotFound, (await shared.Hub.Http.PutAsJsonAsync("/api/flows/none-such/presence/x", new PresenceUpdate(), ContractJson.Options)).StatusCode);

    [Fact]
    public void Who_says_nothing_for_long_is_gone_and_nobody_speaks_for_another_person()
    {
        var time = new FakeTimeProvider();
        var board = new PresenceBoard(time);
        board.See("flow", new Visitor("page", "ada", []));
        board.Leave("flow", "page", "eve");
        Assert.Equal("ada", Assert.Single(board.See("flow", new Visitor("page", "eve", []))).Name);

        time.Advance(PresenceBoard.Stay + TimeSpan.FromSeconds(1));

        Assert.Empty(board.See("flow", new Visitor("other", "bob", [])));
    }

    [Fact]
    public void A_flow_has_room_for_so_many_pages()
    {
        var board = new PresenceBoard(TimeProvider.System);
        for (var i = 0; i < 500; i++) board.See("flow", new Visitor($"p{i}", "ada", [.. Enumerable.Repeat("node", 1000)]));

        var others = board.See("flow", new Visitor("last", "ada", []));

        Assert.Equal((49, 200), (others.Count, others[0].Selection.Count));
    }

    private async Task<PresenceNews> TellAsync(string flow, string visitor, params string[] selection)
    {
        var answer = await shared.Hub.Http.PutAsJsonAsync($"/api/flows/{flow}/presence/{visitor}", new PresenceUpdate { Selection = selection }, ContractJson.Options);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<PresenceNews>(ContractJson.Options))!;
    }
}
