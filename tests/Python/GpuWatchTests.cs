using System.Runtime.Versioning;
using Flows.Library.Python.Gpus;
using Flows.Tests.Library;
using Flows.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Python;

/// <summary>When the program that knows of GPUs is started and ended, for all steps of a machine together.</summary>
[SupportedOSPlatform("linux")]
public sealed class GpuWatchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StandInGpus _gpus = new();
    private readonly GpuWatch _watch;

    public GpuWatchTests() => _watch = new GpuWatch(_gpus.Program, _time);

    [Fact]
    public async Task One_pair_of_programs_looks_for_all_steps_and_half_a_minute_longer()
    {
        var steps = Enumerable.Range(0, 5).Select(_ => _watch.Follow(_gpus.Folder)!).ToList();
        await StartedAsync(2);
        steps.ForEach(step => step.Dispose());
        _time.Advance(GpuWatch.Linger - TimeSpan.FromSeconds(1));
        using (_watch.Follow(_gpus.Folder)) _time.Advance(GpuWatch.Linger * 2);

        Assert.Equal(2, _gpus.Started().Count);
        Assert.DoesNotContain(_gpus.Started(), Processes.IsGone);

        _time.Advance(GpuWatch.Linger);
        await GoneAsync();
        using var next = _watch.Follow(_gpus.Folder);
        await StartedAsync(4);
    }

    [Fact]
    public async Task One_that_ended_by_itself_is_tried_again_after_a_minute()
    {
        _gpus.Does("echo $$ >> $0.pids; exit 3");
        using var step = _watch.Follow(_gpus.Folder);
        await StartedAsync(2);
        await GoneAsync();

        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            return _gpus.Started().Count >= 4;
        }, "both are tried again");
    }

    [Fact]
    public async Task One_that_says_what_nobody_understands_without_end_is_ended()
    {
        _gpus.Does("echo $$ >> $0.pids; exec yes rubbish");
        using var step = _watch.Follow(_gpus.Folder);
        await StartedAsync(2);

        await GoneAsync();

        Assert.Equal(0, _watch.Glances);
    }

    [Fact]
    public void Where_there_is_no_such_program_nothing_is_followed() => Assert.Null(new GpuWatch(null, _time).Follow(_gpus.Folder));

    private Task StartedAsync(int count) => Eventually.TrueAsync(() => _gpus.Started().Count == count, $"{count} were started");

    private Task GoneAsync() => Eventually.TrueAsync(() => _gpus.Started().All(Processes.IsGone), "all have ended");

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await GoneAsync();
        _gpus.Dispose();
    }
}
