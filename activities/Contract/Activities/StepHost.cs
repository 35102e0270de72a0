using System.Collections.Concurrent;

namespace Flows.Contract.Activities;

/// <summary>The program that carries out steps on this machine: what outlives one step and is shared by those that follow it.</summary>
/// <param name="folder">Where activities keep what they can make anew; made by whoever writes there first.</param>
public sealed class StepHost(string folder) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _shared = [];

    public string Folder { get; } = folder;

    /// <summary>The one <typeparamref name="T"/> of this program, made when it is first asked for, disposed when the program ends.</summary>
    public T Shared<T>(Func<StepHost, T> make) where T : class, IAsyncDisposable =>
        (T)_shared.GetOrAdd(typeof(T), _ => new Lazy<object>(() => make(this))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var shared in _shared.Values.Where(made => made.IsValueCreated)) await ((IAsyncDisposable)shared.Value).DisposeAsync();
        _shared.Clear();
    }
}
