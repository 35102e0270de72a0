using System.Runtime.InteropServices;
using Flows.Contract.Secrets;
using Flows.Hub.Artifacts;

namespace Flows.Hub.Runners;

/// <summary>A runner on a machine of its own: registers, carries out what it is given, and goes when it is told to.</summary>
public sealed class RunnerProgram(IHost host, RunnerOptions options)
{
    // What a reply to the last reports may take.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly RunnerHeart _heart = host.Services.GetRequiredService<RunnerHeart>();
    private readonly HubLink _link = host.Services.GetRequiredService<HubLink>();
    private readonly Workbench _bench = host.Services.GetRequiredService<Workbench>();

    /// <exception cref="RunnerRefused">The server does not want this runner.</exception>
    public static async Task<int> RunAsync(RunnerOptions options, CancellationToken cancellation)
    {
        using var host = Build(options);
        var program = new RunnerProgram(host, options);
        host.Services.GetRequiredService<StepContexts>().CleanAll();
        return options.Once is null ? await program.ServeAsync(cancellation) : await program.OnceAsync(cancellation);
    }

    private async Task<int> ServeAsync(CancellationToken cancellation)
    {
        using var told = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Tell(signal, told));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Tell(signal, told));
        try { await _heart.RegisterAsync(told.Token); }
        catch (OperationCanceledException) { return 0; }
        await host.StartAsync(CancellationToken.None);
        using var beating = new CancellationTokenSource();
        var beats = _heart.BeatAsync(beating.Token);
        Console.WriteLine($"Runner {options.Name} is at {string.Join(", ", options.Servers)}, capacity {options.Capacity}{(options.Labels.Count > 0 ? $", labels {string.Join(", ", options.Labels)}" : "")}  (Ctrl-C drains it)");
        await Task.Delay(Timeout.Infinite, told.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await DrainAsync();
        await beating.CancelAsync();
        await beats;
        await _heart.LeaveAsync(new CancellationTokenSource(Farewell).Token);
        await Stopping.EvenIfLateAsync(() => host.StopAsync(CancellationToken.None));
        return 0;
    }

    // Takes nothing new, finishes what it has within the time it is given, and gives the rest back.
    private async Task DrainAsync()
    {
        _bench.Drains = true;
        await _heart.DrainAsync();
        Console.WriteLine($"Runner {options.Name} finishes {_bench.Jobs.Count} steps, for at most {options.Grace.TotalSeconds:0} s.");
        await IdleAsync(options.Grace);
        _bench.ReturnAll();
        await IdleAsync(Farewell);
        await Task.WhenAny(_link.CloseAsync(), Task.Delay(Farewell));
    }

    private async Task IdleAsync(TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        while (_bench.Jobs.Count > 0 && !limit.IsCancellationRequested) await Task.Delay(20);
    }

    private async Task<int> OnceAsync(CancellationToken cancellation)
    {
        var end = new TaskCompletionSource<StepReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _link.Delivered += report => end.TrySetResult(report);
        await _link.StartAsync(cancellation);
        using var beating = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var taken = await _bench.CarryOutAsync([options.Once!], () => _ = _heart.BeatAsync(beating.Token));
        if (taken == 0) throw new RunnerRefused($"Step '{options.Once}' is not there to be carried out: it is over, or another runner has it.");
        var report = await end.Task.WaitAsync(cancellation);
        await beating.CancelAsync();
        return report is StepReport.Ended ? 0 : 1;
    }

    private static void Tell(PosixSignalContext signal, CancellationTokenSource told)
    {
        signal.Cancel = true;
        told.Cancel();
    }

    private static IHost Build(RunnerOptions options)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        Logs.PlainConsole.AddTo(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Hangfire", LogLevel.Warning);
        builder.Services
            .Configure<HostOptions>(stop => stop.ShutdownTimeout = TimeSpan.FromSeconds(10))
            .AddSingleton(options)
            .AddSingleton<IHostLifetime, RunnersLifetime>()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<HubHttp>()
            .AddSingleton<RunnerPass>()
            .AddSingleton(_ => new Outbox(Path.Combine(options.Data, "results"), options.Session))
            .AddSingleton<HubLink>()
            .AddSingleton<IRunnerLink>(services => services.GetRequiredService<HubLink>())
            .AddSingleton<RunnerHeart>()
            .AddSingleton(_ => new ArtifactStore(Path.Combine(options.Data, "artifacts"), copies: (long)(options.CopiesGigabytes * 1_000_000_000)))
            .AddSingleton<ReadableCopies>()
            .AddSingleton<Func<StepAssignment, StepCapabilities>>(services => step => Capabilities(services, options, step))
            .AddSingleton<IHubAddress>(services => new RunnersHub(services.GetRequiredService<HubHttp>()))
            .AddHostedService(services => services.GetRequiredService<HubLink>())
            .AddWork(_ => options.Work, _ => Path.Combine(options.Data, "environments"));
        if (options is { Storage: not null, Once: null }) builder.Services.AddTransport(options.Storage, creates: false).AddListener(options.Capacity, _ => options.Name);
        return builder.Build();
    }

    private static StepCapabilities Capabilities(IServiceProvider services, RunnerOptions options, StepAssignment step)
    {
        var http = services.GetRequiredService<HubHttp>();
        var (artifacts, folder) = (new HubArtifacts(services.GetRequiredService<ArtifactStore>(), services.GetRequiredService<ReadableCopies>(), http, step), StepContexts.FolderOf(options.Work, step.StepId));
        return new StepCapabilities(
            artifacts,
            new HubFiles(http, step, new StepArtifacts(artifacts, folder, new SecretMask()), Path.Combine(folder, ".files")),
            new HubDataSets(http, step),
            new HubModels(http, step),
            new HubDeployments(http, step),
            new HubSecrets(http, step));
    }

    // A signal drains the runner; the host ends after that.
    private sealed class RunnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;
    }

    private sealed class RunnersHub(HubHttp http) : IHubAddress
    {
        public string Url => http.Url;
    }
}
