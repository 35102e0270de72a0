using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace Flows.ModelServer.Models;

/// <summary>The Python process behind a scikit-learn model: one question at a time, length-prefixed JSON both ways.</summary>
internal sealed class PythonChild(string python, string model) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly LastWords _words = new();
    private Process? _process;

    public bool IsAlive => _process is { HasExited: false };

    /// <summary>Starts the process and waits until it has loaded the model; what it says about the model.</summary>
    public async Task<JsonElement> StartAsync()
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sklearn_child.py"));
        start.ArgumentList.Add(model);
        start.Environment.TryAdd("OMP_NUM_THREADS", "1");
        _process = Process.Start(start) ?? throw new ModelFault($"{python} did not start");
        _process.ErrorDataReceived += (_, line) => _words.Add(line.Data);
        _process.BeginErrorReadLine();
        using var hello = await ReadAsync() ?? throw new ModelFault($"Python could not load the model: {await LastWordsAsync()}");
        return hello.RootElement.Clone();
    }

    /// <exception cref="RequestFault">503: the process died over this question, or over the one before and did not come back.</exception>
    public async Task<JsonDocument> AskAsync(ReadOnlyMemory<byte> question)
    {
        await _turn.WaitAsync();
        try
        {
            if (!IsAlive) await StartAsync();
            if (await ExchangeAsync(question) is { } answer) return answer;
            Kill();
            // It may have died before the question came: a second, fresh one decides.
            await StartAsync();
            return await ExchangeAsync(question) ?? throw new RequestFault($"the model's Python process died over this request: {await LastWordsAsync()}", 503);
        }
        catch (ModelFault fault)
        {
            throw new RequestFault(fault.Message, 503);
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonDocument?> ExchangeAsync(ReadOnlyMemory<byte> question)
    {
        try
        {
            var input = _process!.StandardInput.BaseStream;
            var head = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(head, question.Length);
            await input.WriteAsync(head);
            await input.WriteAsync(question);
            await input.FlushAsync();
            return await ReadAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<JsonDocument?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = _process!.StandardOutput.BaseStream;
            var head = new byte[4];
            await output.ReadExactlyAsync(head, limit.Token);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
            await output.ReadExactlyAsync(body, limit.Token);
            return JsonDocument.Parse(body);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new ModelFault($"the model's Python process gave no answer within {Patience.TotalSeconds} s");
        }
    }

    private async Task<string> LastWordsAsync()
    {
        await _process!.WaitForExitAsync();
        return _words.ToString();
    }

    private void Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _process = null;
    }
}
