using System.Diagnostics;
using System.Globalization;
using Flows.Library.Python;
using Flows.Tests.Library;

namespace Flows.Tests.Python;

public sealed class StepRemainsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-remains-").FullName;
    private readonly List<Process> _started = [];

    [Fact]
    public async Task What_is_noted_in_a_work_folder_is_ended_with_its_session_and_nothing_else_is()
    {
        var other = Start("/", "sleep", "600");
        var script = Start("/", "setsid", "sh", "-c", "sleep 600 & sleep 600");
        var inFolder = Start(_folder, "sleep", "600");
        var child = await ChildAsync(script);
        Note(script.Id, StartTime(script.Id));

        Assert.True(await StepRemains.EndAsync(_folder) >= 3);

        Assert.All(new[] { script.Id, child, inFolder.Id }, pid => Assert.True(Processes.IsGone(pid), $"{pid} is left"));
        Assert.False(Processes.IsGone(other.Id));
    }

    [Fact]
    public async Task One_that_forks_and_ends_again_and_again_does_not_get_away()
    {
        for (var i = 0; i < 5; i++)
        {
            Start(_folder, "sh", "-c", "again() { [ $1 -gt 900 ] || (sleep 0.001; again $(($1 + 1))) & }; again 0");
            await StepRemains.EndAsync(_folder);

            Assert.Empty(Enumerable.Range(0, 5).SelectMany(_ => InFolder()));
        }
    }

    [Fact]
    public async Task A_number_that_another_process_has_by_now_is_left_alone()
    {
        var innocent = Start("/", "setsid", "sleep", "600");
        Note(innocent.Id, StartTime(innocent.Id) + 1);

        Assert.Equal(0, await StepRemains.EndAsync(_folder));

        Assert.False(Processes.IsGone(innocent.Id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("{\"script\":{}}")]
    public async Task A_folder_without_a_note_or_with_half_of_one_has_nothing_to_end(string? text)
    {
        if (text is not null) await File.WriteAllTextAsync(Path.Combine(_folder, ".process.json"), text);

        Assert.Equal(0, await StepRemains.EndAsync(_folder));
    }

    private Process Start(string folder, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        _started.Add(process);
        return process;
    }

    private IEnumerable<string> InFolder() => Directory.GetDirectories("/proc").Where(process =>
    {
        try { return Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == _folder; }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return false; }
    });

    private static async Task<int> ChildAsync(Process parent)
    {
        var path = $"/proc/{parent.Id}/task/{parent.Id}/children";
        await Flows.Tests.Support.Eventually.TrueAsync(() => Task.FromResult(File.ReadAllText(path).Length > 0));
        return int.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static long StartTime(int pid) => long.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[19], CultureInfo.InvariantCulture);

    private void Note(int script, long started)
    {
        var process = new { pid = script, started };
        File.WriteAllText(Path.Combine(_folder, ".process.json"), System.Text.Json.JsonSerializer.Serialize(new { keeper = process, script = process }));
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
