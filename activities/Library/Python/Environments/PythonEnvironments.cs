using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>
/// Environments of this machine, in <c>&lt;digest&gt;/</c> of the host's folder: the digest is that of interpreter and locked packages,
/// so that steps which ask for the same share one. Made once, by whoever is first of all programs on the folder; one whose maker died is made anew.
/// What requirements resolved to is kept in <c>resolved/</c>, so that the same requirements stay the same environment.
/// </summary>
public sealed class PythonEnvironments(string folder, TimeProvider time) : IAsyncDisposable
{
    private readonly EnvironmentShelf _shelf = new(folder, time);

    /// <summary>Folders, separated by colons, in which uv is looked for. Default: PATH.</summary>
    public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    public static PythonEnvironments Of(StepHost host) => host.Shared(made => new PythonEnvironments(made.Folder, TimeProvider.System));

    /// <summary>Finds or makes what is asked for, and holds it.</summary>
    /// <exception cref="ActivityFault">A package that is not to be had, named with its line; no pip; no interpreter.</exception>
    public async Task<EnvironmentLease> TakeAsync(EnvironmentWish wish, IStepLog log, CancellationToken cancellation)
    {
        var facts = await PythonFacts.OfAsync(wish.Interpreter, cancellation);
        if (wish.Requirements.IsEmpty) return new EnvironmentLease(new PythonEnvironment(wish.Interpreter, facts.Version, facts.Digest, facts.Packages) { Ground = facts.Digest });

        var (digest, locked) = await ResolveAsync(wish, facts, log, cancellation);
        while (true)
        {
            if (_shelf.Hold(digest) is { } held) return held;
            await MakeAsync(wish, digest, locked, log, cancellation);
        }
    }

    /// <summary>The digest of what is asked for, without making it: what a cached result of a step depends on.</summary>
    /// <inheritdoc cref="TakeAsync" path="/exception"/>
    public async Task<string> DigestAsync(EnvironmentWish wish, IStepLog log, CancellationToken cancellation)
    {
        var facts = await PythonFacts.OfAsync(wish.Interpreter, cancellation);
        return wish.Requirements.IsEmpty ? facts.Digest : (await ResolveAsync(wish, facts, log, cancellation)).Digest;
    }

    /// <summary>Removes environments that nobody used for long; says which.</summary>
    public IReadOnlyList<string> Sweep(TimeSpan? unused = null, int? kept = null) => _shelf.Sweep(unused ?? EnvironmentShelf.Unused, kept ?? EnvironmentShelf.Kept);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Resolved> ResolveAsync(EnvironmentWish wish, PythonFacts facts, IStepLog log, CancellationToken cancellation)
    {
        var place = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "resolved")).FullName, Key(wish, facts));
        if (await ReadAsync(place + ".json", cancellation) is { } known) return known;

        await using var turn = await EnvironmentShelf.TurnAsync(place + ".lock", cancellation);
        if (await ReadAsync(place + ".json", cancellation) is { } meanwhile) return meanwhile;
        var scratch = Path.Combine(folder, "resolved", Guid.NewGuid().ToString("N"));
        try
        {
            var pip = new Pip(wish.Interpreter, log);
            await pip.CreateAsync(scratch, wish.Requirements.SystemPackages, cancellation);
            var locked = await pip.ResolveAsync(scratch, wish.Requirements, cancellation);
            var resolved = new Resolved(PythonFacts.Hash(string.Join('\n', locked.Prepend(Ground(wish, facts)))), locked);
            EnvironmentShelf.WriteWhole(place + ".json", JsonSerializer.SerializeToUtf8Bytes(resolved, ContractJson.Options));
            return resolved;
        }
        finally
        {
            EnvironmentShelf.Remove(scratch, scratch + ".txt", scratch + ".report");
        }
    }

    private async Task MakeAsync(EnvironmentWish wish, string digest, IReadOnlyList<string> locked, IStepLog log, CancellationToken cancellation)
    {
        await using var turn = await EnvironmentShelf.TurnAsync(_shelf.LockOf(digest), cancellation);
        if (_shelf.IsWhole(digest)) return;

        log.Write(LogLevel.Info, $"Making the Python environment {digest[..12]} with {locked.Count} packages.");
        var place = _shelf.FolderOf(digest);
        EnvironmentShelf.Remove(place);
        if (Uv.Find(SearchPath, log) is not { } uv || !await uv.MakeAsync(place, wish, locked, cancellation)) await PipAsync(place, wish, locked, log, cancellation);
        await FinishAsync(place, wish, digest, cancellation);
        _shelf.Sweep(EnvironmentShelf.Unused, EnvironmentShelf.Kept);
    }

    private async Task FinishAsync(string place, EnvironmentWish wish, string digest, CancellationToken cancellation)
    {
        var interpreter = Path.Combine(place, "bin", "python");
        var facts = await PythonFacts.OfAsync(interpreter, cancellation);
        _shelf.Finish(digest, new PythonEnvironment(interpreter, facts.Version, digest, facts.Packages)
        {
            Base = wish.Interpreter,
            Ground = PythonFacts.Hash(Ground(wish, await PythonFacts.OfAsync(wish.Interpreter, cancellation))),
            SystemPackages = wish.Requirements.SystemPackages,
        });
    }

    /// <summary>Finds the environment that was recorded, or makes it from its archive: no registry is asked. On an interpreter that is another by now it is another environment.</summary>
    /// <param name="archive">Path of its archive.</param>
    /// <exception cref="ActivityFault">The interpreter is not there.</exception>
    internal async Task<EnvironmentLease> RestoreAsync(Contract.Runs.StepEnvironment recorded, string archive, IStepLog log, CancellationToken cancellation)
    {
        var wish = new EnvironmentWish(PythonInterpreter.Named(recorded.Interpreter) ?? throw new ActivityFault($"The interpreter '{recorded.Interpreter}' of the recorded environment is not on this machine."), new Requirements("", recorded.SystemPackages));
        var ground = PythonFacts.Hash(Ground(wish, await PythonFacts.OfAsync(wish.Interpreter, cancellation)));
        var digest = ground == recorded.Ground ? recorded.Digest : PythonFacts.Hash($"{recorded.Digest} on {ground}");
        while (true)
        {
            if (_shelf.Hold(digest) is { } held) return held;
            await UnpackAsync(wish, digest, archive, log, cancellation);
        }
    }

    private async Task UnpackAsync(EnvironmentWish wish, string digest, string archive, IStepLog log, CancellationToken cancellation)
    {
        await using var turn = await EnvironmentShelf.TurnAsync(_shelf.LockOf(digest), cancellation);
        if (_shelf.IsWhole(digest)) return;
        log.Write(LogLevel.Info, $"Making the Python environment {digest[..12]} from its archive.");
        var place = _shelf.FolderOf(digest);
        EnvironmentShelf.Remove(place);
        await new Pip(wish.Interpreter, log).CreateAsync(place, wish.Requirements.SystemPackages, cancellation);
        await EnvironmentArchive.UnpackAsync(archive, place, cancellation);
        await FinishAsync(place, wish, digest, cancellation);
    }

    private static async Task PipAsync(string place, EnvironmentWish wish, IReadOnlyList<string> locked, IStepLog log, CancellationToken cancellation)
    {
        var pip = new Pip(wish.Interpreter, log);
        await pip.CreateAsync(place, wish.Requirements.SystemPackages, cancellation);
        await pip.InstallAsync(place, wish.Requirements, locked, cancellation);
    }

    private static string Key(EnvironmentWish wish, PythonFacts facts) => PythonFacts.Hash(string.Join('\n', wish.Requirements.Lines.Prepend(Ground(wish, facts))));

    // What an environment stands on: the interpreter, with its own packages when these are seen.
    private static string Ground(EnvironmentWish wish, PythonFacts facts) =>
        wish.Requirements.SystemPackages ? $"{wish.Interpreter} {facts.Digest}" : $"{wish.Interpreter} {facts.Version} {facts.Platform}";

    private static async Task<Resolved?> ReadAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        await using var bytes = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<Resolved>(bytes, ContractJson.Options, cancellation);
    }

    private sealed record Resolved(string Digest, IReadOnlyList<string> Locked);
}
