using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Logs;

/// <summary>Logs as files of JSON lines, one for each run, in a data folder that one process has.</summary>
public sealed class LogFiles(DataFolder data) : ILogStore
{
    public async Task AppendAsync(IReadOnlyList<WrittenLine> lines, CancellationToken cancellation)
    {
        foreach (var run in lines.GroupBy(line => line.RunId))
            await AppendAsync(PathOf(run.Key), [.. run.SelectMany(line => line.Json.Append((byte)'\n'))], cancellation);
    }

    public ILogReader Read(string runId, long? after) => new Reader(PathOf(runId), after);

    public Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most, CancellationToken cancellation)
    {
        foreach (var run in runIds) File.Delete(PathOf(run));
        return Task.FromResult(0);
    }

    private string PathOf(string runId) => Path.Combine(data.Logs, runId + ".jsonl");

    // A disk that is full takes a part: the file's length says how much of it is there already.
    private static async Task AppendAsync(string file, byte[] bytes, CancellationToken cancellation)
    {
        long? start = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                if (start is null && IsBroken(stream)) bytes = [(byte)'\n', .. bytes];
                start ??= stream.Length;
                stream.Seek(0, SeekOrigin.End);
                await stream.WriteAsync(bytes.AsMemory((int)(stream.Length - start.Value)), cancellation);
                return;
            }
            catch (IOException full) when (DiskFull.Is(full)) { await Task.Delay(PassingFault.Pause(attempt), cancellation); }
        }
    }

    // A server that was killed may have left half a line, which is not to spoil the next one.
    private static bool IsBroken(FileStream stream)
    {
        if (stream.Length == 0) return false;
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }

    private sealed class Reader(string file, long? after) : ILogReader
    {
        private readonly byte[] _buffer = new byte[128 * 1024];
        private readonly MemoryStream _broken = new();
        private FileStream? _stream;
        private long? _after = after;
        private long _number;

        public async Task<IReadOnlyList<LogLine>> NextAsync(CancellationToken cancellation)
        {
            var found = new List<LogLine>();
            while (found.Count == 0 && await ReadAsync(cancellation) is > 0 and var read) Take(_buffer.AsSpan(0, read), found);
            _after ??= _number;
            return found;
        }

        public void Dispose() => _stream?.Dispose();

        private async Task<int> ReadAsync(CancellationToken cancellation)
        {
            if (_stream is null && !File.Exists(file)) return 0;
            _stream ??= new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return await _stream.ReadAsync(_buffer, cancellation);
        }

        private void Take(ReadOnlySpan<byte> bytes, List<LogLine> found)
        {
            int end;
            while ((end = bytes.IndexOf((byte)'\n')) >= 0)
            {
                _broken.Write(bytes[..end]);
                if (++_number > (_after ?? long.MaxValue) && Parse() is { } line) found.Add(line with { Seq = _number });
                _broken.SetLength(0);
                bytes = bytes[(end + 1)..];
            }
            _broken.Write(bytes);
        }

        // A line may be half written when the server was killed.
        private LogLine? Parse()
        {
            try { return JsonSerializer.Deserialize<LogLine>(_broken.GetBuffer().AsSpan(0, (int)_broken.Length), ContractJson.Options); }
            catch (JsonException) { return null; }
        }
    }
}
