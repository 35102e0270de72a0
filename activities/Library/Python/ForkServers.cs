using System.Collections.Concurrent;
using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>
/// The fork servers of this program, one for each interpreter, started when a step first needs it. A step whose script was not
/// begun when its parent was lost is given to a new parent once; when there is none to be had, a plain process does.
/// </summary>
internal sealed class ForkServers(string folder, IPythonProcess plain) : IPythonProcess, IAsyncDisposable
{
    /// <summary>Parents that are kept at once; the one that was asked longest ago ends for a new one, which costs running steps nothing.</summary>
    public const int Most = 8;

    /// <summary>Time during which an interpreter whose fork server did not start is not tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Starts in a row that end by a signal before an interpreter rests: what it imports may be more than memory has room for.</summary>
    public const int MostKills = 3;

    private readonly ConcurrentDictionary<string, Environment> _environments = [];

    public static ForkServers Of(StepHost host) => host.Shared(made => new ForkServers(made.Folder, new PlainPython()));

    public async Task<ProcessEnd> RunAsync(PythonCall call, IStepLog log, TimeProvider time, CancellationToken cancellation)
    {
        var environment = _environments.GetOrAdd(call.Interpreter, interpreter => new Environment(interpreter, folder, time));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var server = await environment.ServerAsync(cancellation);
                await EndOldestAsync();
                return await new ForkedPython(server).RunAsync(call, log, time, cancellation);
            }
            catch (ForkServerGone gone) when (attempt == 1 && environment.CanStart)
            {
                log.Write(LogLevel.Debug, $"The fork server was lost before the script began ({gone.Message}); it is started anew.");
            }
            catch (ForkServerGone gone)
            {
                log.Write(LogLevel.Warning, $"The fork server cannot be used ({gone.Message}); the script runs as a plain process.");
                return await plain.RunAsync(call, log, time, cancellation);
            }
        }
    }

    private async Task EndOldestAsync()
    {
        var warm = _environments.Values.Where(environment => environment.IsWarm).OrderByDescending(environment => environment.Asked).ToList();
        foreach (var oldest in warm.Skip(Most)) await oldest.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var environment in _environments.Values) await environment.DisposeAsync();
    }

    private sealed class Environment(string interpreter, string folder, TimeProvider time) : IAsyncDisposable
    {
        private readonly SemaphoreSlim _one = new(1);
        private ForkServer? _server;
        private ForkServerGone? _failure;
        private DateTimeOffset _restsUntil;
        private int _kills;

        public bool CanStart => _failure is null;

        public bool IsWarm => _server is { HasEnded: false };

        /// <summary>A clock's reading when it was last needed.</summary>
        public long Asked { get; private set; }

        public async Task EndAsync()
        {
            await _one.WaitAsync();
            try
            {
                if (_server is { } server) await server.DisposeAsync();
                _server = null;
            }
            finally
            {
                _one.Release();
            }
        }

        public async Task<ForkServer> ServerAsync(CancellationToken cancellation)
        {
            Asked = time.GetTimestamp();
            await _one.WaitAsync(cancellation);
            try
            {
                if (_server is { HasEnded: false } alive) return alive;
                if (_failure is { } failed && time.GetUtcNow() < _restsUntil) throw new ForkServerGone(failed.Message, failed);
                return await StartAsync(cancellation);
            }
            finally
            {
                _one.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _one.WaitAsync();
            if (_server is { } server) await server.DisposeAsync();
            _one.Dispose();
        }

        private async Task<ForkServer> StartAsync(CancellationToken cancellation)
        {
            if (_server is { } ended) await ended.DisposeAsync();
            (_server, _failure) = (null, null);
            try
            {
                _server = await ForkServer.StartAsync(interpreter, folder, cancellation);
                _kills = 0;
                return _server;
            }
            catch (ForkServerGone killed) when (killed.WasKilled && ++_kills <= MostKills)
            {
                throw;
            }
            catch (ForkServerGone failed)
            {
                (_failure, _restsUntil) = (failed, time.GetUtcNow() + Rest);
                throw;
            }
        }
    }
}
