using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Designer.Api;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Designer;

/// <summary>Two people edit the same draft on a real server.</summary>
public sealed class DraftSaverTests : IAsyncLifetime
{
    // As long as the saver waits after the last change.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);
    private readonly FakeTimeProvider _time = new();
    private TestHub _hub = null!;
    private FlowsApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _api = new FlowsApi(new HttpClient { BaseAddress = new Uri(_hub.Url) });
        await _hub.ImportAsync(FlowFile.Write(Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel").Draft.Flow));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Edits_of_different_places_merge_by_themselves()
    {
        var (mine, theirs) = (await OpenAsync(), await OpenAsync());
        theirs.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        Assert.True(await theirs.Saver.SaveAsync());
        IReadOnlyList<FlowChange> news = [];
        mine.Saver.Merged += changes => news = changes;

        mine.Session.Move(["splitRows1"], 0, 100);
        Assert.True(await mine.Saver.SaveAsync());

        Assert.Equal(SaveState.Saved, mine.Saver.State);
        Assert.Equal("Learn", mine.Session.Graph.Find("trainModel1")!.Title);
        Assert.Equal("trainModel1", Assert.Single(news).Node);
        var stored = (await _api.FlowAsync("drawn")).Definition;
        Assert.Equal(("Learn", 100.0), (stored.Find("trainModel1")!.Title, stored.Find("splitRows1")!.Position!.Value.Y));
        mine.Session.Undo();
        Assert.Equal("Train model", mine.Session.Graph.Find("trainModel1")!.Title);
    }

    [Theory, InlineData(MergeSide.Mine, "Mine"), InlineData(MergeSide.Theirs, "Theirs")]
    public async Task What_both_changed_waits_for_a_decision(MergeSide side, string title)
    {
        var (mine, theirs) = (await OpenAsync(), await OpenAsync());
        theirs.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Theirs"));
        theirs.Session.Move(["fileSource1"], 0, 50);
        Assert.True(await theirs.Saver.SaveAsync());

        mine.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Mine"));
        Assert.False(await mine.Saver.SaveAsync());
        Assert.Equal(SaveState.Conflict, mine.Saver.State);
        Assert.Equal(("trainModel1", "metadata.displayText"), (Assert.Single(mine.Saver.Conflicts).Node, mine.Saver.Conflicts[0].Path));
        Assert.Equal("Theirs", (await _api.FlowAsync("drawn")).Definition.Find("trainModel1")!.Title);

        Assert.True(await mine.Saver.DecideAsync(_ => side));

        var stored = (await _api.FlowAsync("drawn")).Definition;
        Assert.Equal((title, 50.0), (stored.Find("trainModel1")!.Title, stored.Find("fileSource1")!.Position!.Value.Y));
    }

    [Fact]
    public async Task What_somebody_else_saved_is_taken_in_and_is_no_news_to_them()
    {
        var (mine, theirs) = (await OpenAsync(), await OpenAsync());
        theirs.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        Assert.True(await theirs.Saver.SaveAsync());
        var tag = (await _api.FlowAsync("drawn")).ETag!;

        await mine.Saver.CatchUpAsync(tag);

        Assert.Equal(("Learn", SaveState.Saved), (mine.Session.Graph.Find("trainModel1")!.Title, mine.Saver.State));
        Assert.True(await mine.Saver.SaveAsync());
        Assert.Equal(tag, (await _api.FlowAsync("drawn")).ETag);
    }

    [Fact]
    public async Task What_is_not_saved_yet_stays_when_somebody_elses_is_taken_in()
    {
        var (mine, theirs) = (await OpenAsync(), await OpenAsync());
        theirs.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        Assert.True(await theirs.Saver.SaveAsync());
        mine.Session.Apply(new FlowEdit.SetTitle("splitRows1", "Part"));

        await mine.Saver.CatchUpAsync((await _api.FlowAsync("drawn")).ETag!);
        Assert.Equal(SaveState.Waiting, mine.Saver.State);
        Assert.True(await mine.Saver.SaveAsync());

        var stored = (await _api.FlowAsync("drawn")).Definition;
        Assert.Equal(("Learn", "Part"), (stored.Find("trainModel1")!.Title, stored.Find("splitRows1")!.Title));
    }

    [Fact]
    public async Task What_was_kept_when_the_page_went_comes_back_into_what_somebody_else_saved_since()
    {
        var mine = await OpenAsync();
        Assert.Null(mine.Saver.Unsaved);
        mine.Session.Apply(new FlowEdit.SetTitle("splitRows1", "Part"));
        var kept = mine.Saver.Unsaved!;
        var theirs = await OpenAsync();
        theirs.Session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        Assert.True(await theirs.Saver.SaveAsync());

        var again = Open(kept.Loaded!);
        again.Session.Apply(kept.Edit!);
        Assert.True(await again.Saver.SaveAsync());

        var stored = (await _api.FlowAsync("drawn")).Definition;
        Assert.Equal(("Learn", "Part"), (stored.Find("trainModel1")!.Title, stored.Find("splitRows1")!.Title));
        Assert.Null(again.Saver.Unsaved);
        Assert.Null((kept with { Draft = "{" }).Edit);
    }

    [Fact]
    public async Task Saving_by_itself_waits_until_the_hand_rests()
    {
        var (session, saver) = await OpenHeldAsync();

        session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        for (var pause = 0; pause < 5; pause++) _time.Advance(Pause);
        Assert.Equal(SaveState.Waiting, saver.State);
        Assert.NotEqual("Learn", await StoredTitleAsync());

        session.Hold(false);
        _time.Advance(Pause);
        await SavedAsync(saver, "Learn");
    }

    [Fact]
    public async Task A_hand_that_never_lets_go_is_not_waited_for()
    {
        var (session, saver) = await OpenHeldAsync();

        session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        _time.Advance(TimeSpan.FromSeconds(11));

        await SavedAsync(saver, "Learn");
    }

    // Whoever saves, publishes or runs by a key while the mouse holds the canvas means what is there now.
    [Fact]
    public async Task Saving_when_asked_waits_for_no_hand()
    {
        var (session, saver) = await OpenHeldAsync();

        session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        Assert.True(await saver.SaveAsync());

        Assert.True(session.IsHeld);
        Assert.Equal((SaveState.Saved, "Learn"), (saver.State, await StoredTitleAsync()));
    }

    private async Task<(EditorSession Session, DraftSaver Saver)> OpenHeldAsync()
    {
        var opened = await OpenAsync();
        opened.Saver.Waits = () => opened.Session.IsHeld;
        opened.Session.Hold(true);
        return opened;
    }

    private async Task SavedAsync(DraftSaver saver, string title)
    {
        await Eventually.TrueAsync(() => saver.State == SaveState.Saved, "saved");
        Assert.Equal(title, await StoredTitleAsync());
    }

    private async Task<string> StoredTitleAsync() => (await _api.FlowAsync("drawn")).Definition.Find("trainModel1")!.Title;

    private async Task<(EditorSession Session, DraftSaver Saver)> OpenAsync() => Open(await _api.FlowAsync("drawn"));

    private (EditorSession Session, DraftSaver Saver) Open(LoadedFlow loaded)
    {
        var session = new EditorSession(loaded.Definition, Draft.Activities, _time);
        var saver = new DraftSaver(session.Draft, _api, _time, loaded);
        saver.Start();
        return (session, saver);
    }
}
