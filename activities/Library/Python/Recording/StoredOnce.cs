using System.Collections.Concurrent;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Python.Recording;

/// <summary>
/// What many steps record alike (the same script, the same list of packages) is stored by the first of them. For less time than
/// a collection of artifacts leaves new ones alone, so that what is remembered here is there.
/// </summary>
internal sealed class StoredOnce : IAsyncDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(string Project, string Key), (Artifact Artifact, long At)> _known = [];

    public static StoredOnce Of(ActivityContext context) => context.Host?.Shared(_ => new StoredOnce()) ?? new StoredOnce();

    /// <param name="key">Names the content.</param>
    public async Task<Artifact> PutAsync(ActivityContext context, string key, Func<Task<Artifact>> put)
    {
        if (_known.TryGetValue((context.ProjectId, key), out var known) && context.Time.GetElapsedTime(known.At) < Remembered) return known.Artifact;
        if (_known.Count >= Most) _known.Clear();
        var stored = await put();
        _known[(context.ProjectId, key)] = (stored, context.Time.GetTimestamp());
        return stored;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
