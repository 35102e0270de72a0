using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Hub.Runs;

/// <summary>
/// The log of one run: a file of JSON lines. A step keeps its first 10 MB; what it writes beyond is counted and
/// said in one last line, so that a chatty script fills neither disk nor memory.
/// </summary>
public sealed class RunLog(string file, TimeProvider time, Action<LogLine> published) : IDisposable
{
    public const int MaxLineChars = 16 * 1024;

    public const long MaxStepBytes = 10 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Bytes, long Dropped)> _steps = [];
    private FileStream? _stream;
    private bool _over;
    private long _seq = CountLines(file);

    public void Write(string? stepId, string? activityId, LogLevel level, string text)
    {
        lock (_gate)
        {
            var (bytes, dropped) = _steps.GetValueOrDefault(stepId ?? "");
            if (bytes >= MaxStepBytes) _steps[stepId ?? ""] = (bytes, dropped + 1);
            else _steps[stepId ?? ""] = (bytes + Append(stepId, activityId, level, Cut(text)), 0);
        }
    }

    /// <summary>Says how much was dropped, once the step is done.</summary>
    public void Close(string stepId, string activityId)
    {
        lock (_gate)
        {
            if (_steps.Remove(stepId, out var kept) && kept.Dropped > 0)
                Append(stepId, activityId, LogLevel.Warning, $"{kept.Dropped} more lines were dropped: a step's log keeps {MaxStepBytes / (1024 * 1024)} MB.");
        }
    }

    /// <summary>Lines after a sequence number, of one step or of all.</summary>
    public static IEnumerable<LogLine> Read(string file, string? stepId, long after)
    {
        if (!File.Exists(file)) yield break;
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } text)
        {
            if (Parse(text) is { } line && line.Seq > after && (stepId is null || line.StepId == stepId)) yield return line;
        }
    }

    /// <summary>The run is over. Steps that are still being ended may write on: each of their lines opens the file anew.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            Release();
        }
    }

    private void Release()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private int Append(string? stepId, string? activityId, LogLevel level, string text)
    {
        var line = new LogLine(++_seq, time.GetUtcNow(), stepId, activityId, level, text);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, ContractJson.Options);
        _stream ??= new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
        _stream.Write([.. bytes, (byte)'\n']);
        if (_over) Release();
        published(line);
        return bytes.Length;
    }

    private static string Cut(string text) => text.Length <= MaxLineChars ? text : text[..MaxLineChars] + $"… ({text.Length - MaxLineChars} more characters)";

    private static long CountLines(string file) => File.Exists(file) ? File.ReadLines(file, Encoding.UTF8).LongCount() : 0;

    // The last line may be half written when the server was killed.
    private static LogLine? Parse(string text)
    {
        try { return JsonSerializer.Deserialize<LogLine>(text, ContractJson.Options); }
        catch (JsonException) { return null; }
    }
}
