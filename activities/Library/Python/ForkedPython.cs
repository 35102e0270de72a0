using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>One step in a child forked from a warm parent, through the child's keeper: see <c>flows.worker</c> for what is said.</summary>
internal sealed class ForkedPython(ForkServer server) : IPythonProcess
{
    private const byte Terminate = (byte)'T';
    private const byte KillNow = (byte)'K';

    /// <exception cref="ForkServerGone">The parent was lost before the script's first instruction.</exception>
    /// <exception cref="StepLost">The script was lost after it.</exception>
    public async Task<ProcessEnd> RunAsync(PythonCall call, IStepLog log, TimeProvider time, CancellationToken cancellation)
    {
        using var socket = await server.ConnectAsync(cancellation);
        await using var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        await using var error = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        await AskAsync(socket, call, [output.ClientSafePipeHandle, error.ClientSafePipeHandle], cancellation);
        output.DisposeLocalCopyOfClientHandle();
        error.DisposeLocalCopyOfClientHandle();

        var (lines, taken) = (new StreamReader(new NetworkStream(socket)), new StepOutput(log));
        var pump = taken.PumpAsync(output, error);
        if (KeeperWords.Started(await LineAsync(lines).WaitAsync(cancellation)) is null) throw new ForkServerGone("it ended while it was asked");
        var end = await EndAsync(socket, lines, log, time, cancellation);
        if (end is null) await StepRemains.EndAsync(call.Folder, CancellationToken.None);
        await StepOutput.UntilReadAsync(pump, time);
        cancellation.ThrowIfCancellationRequested();
        return KeeperWords.Ended(end, taken.LastErrors) ?? throw StepProcess.Lost([]);
    }

    private static async Task AskAsync(Socket socket, PythonCall call, SafeHandle[] outputs, CancellationToken cancellation)
    {
        byte[] message =
        [
            .. Message(new { call.Arguments, call.Folder, call.Limits, call.Watch }),
            .. Message(new { call.Module, call.Arguments, call.Environment, call.Folder, call.Limits, call.Watch }),
        ];
        try
        {
            await socket.SendAsync(message, outputs, cancellation);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            throw new ForkServerGone("it ended while it was asked", broken);
        }
    }

    private static byte[] Message<T>(T said)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(said, ContractJson.Options);
        var message = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, json.Length);
        json.CopyTo(message, 4);
        return message;
    }

    private static async Task<string?> EndAsync(Socket socket, StreamReader lines, IStepLog log, TimeProvider time, CancellationToken cancellation)
    {
        var end = LineAsync(lines);
        try
        {
            return await end.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (await EndsAsync(socket, Terminate, end, StepProcess.Patience, time)) return await end;
            log.Write(LogLevel.Warning, "The process did not end when asked to, and was killed.");
            if (await EndsAsync(socket, KillNow, end, StepProcess.KillLimit, time)) return await end;
            return null;
        }
    }

    private static async Task<bool> EndsAsync(Socket socket, byte order, Task end, TimeSpan limit, TimeProvider time)
    {
        try
        {
            await socket.SendAsync(new[] { order });
            await end.WaitAsync(limit, time);
            return true;
        }
        catch (Exception late) when (late is TimeoutException or SocketException)
        {
            return end.IsCompleted;
        }
    }

    private static async Task<string?> LineAsync(StreamReader lines)
    {
        try { return await lines.ReadLineAsync(); }
        catch (IOException) { return null; }
    }
}
