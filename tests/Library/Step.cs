using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Hub.Artifacts;

namespace Flows.Tests.Library;

/// <summary>The surroundings of one step in a folder of its own: a real artifact store, the flow's files, a log that keeps its lines.</summary>
internal sealed class Step : IDisposable, IFlowFiles, IStepLog, IDataSets, IModels, IDeployments
{
    private int _works;

    public Step() => Directory.CreateDirectory(FlowFiles);

    /// <summary>What outlives the steps of this test; null makes every step a plain process.</summary>
    public StepHost? Host { get; init; }

    /// <summary>Whose step it is. A host keeps in mind what it stored for a project: steps of one host that do not share a store are of different ones.</summary>
    public string Project { get; init; } = "default";

    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-test-").FullName;

    public string FlowFiles => Path.Combine(Folder, "files");

    public ArtifactStore Store => new(Path.Combine(Folder, "artifacts"));

    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public long LineCount;

    /// <summary>Called with each line, on the thread that writes it.</summary>
    public Action<string>? OnLine { get; set; }

    public ModelRegistration? Registered { get; private set; }

    public DeploymentRequest? Deployed { get; private set; }

    public (string Route, JsonNode Body)? Asked { get; private set; }

    public string File(string name, string text)
    {
        System.IO.File.WriteAllText(Path.Combine(FlowFiles, name), text);
        return name;
    }

    public string File(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(Path.Combine(FlowFiles, name), bytes);
        return name;
    }

    public ActivityContext Context(JsonObject? inputs = null, JsonObject? activity = null, TimeProvider? time = null, Flows.Contract.Provenance.StepRecipe? recipe = null) => new()
    {
        RunId = "run",
        StepId = "step",
        ActivityId = "node",
        ProjectId = Project,
        DefinitionId = "flow",
        Activity = activity ?? [],
        Inputs = inputs ?? [],
        WorkFolder = Directory.CreateDirectory(Path.Combine(Folder, "work", (++_works).ToString())).FullName,
        Artifacts = Store,
        Files = this,
        DataSets = this,
        Models = this,
        Deployments = this,
        Log = this,
        Time = time ?? TimeProvider.System,
        Host = Host,
        Recipe = recipe,
    };

    public async Task<T> RunAsync<T>(T activity, ActivityContext? context = null, CancellationToken cancellation = default) where T : IActivity
    {
        await activity.RunAsync(context ?? Context(), cancellation);
        return activity;
    }

    /// <summary>A table made from a query.</summary>
    public async Task<Artifact> TableAsync(string query)
    {
        var sql = await RunAsync(new Flows.Library.Data.SqlTransform { Sql = query });
        return sql.Result!;
    }

    public List<JsonArray> Rows(Artifact table)
    {
        using var database = new Flows.Library.Data.TableDatabase(Folder);
        return database.Read($"SELECT * FROM read_parquet('{Store.PathOf(table.Sha256)}')", rows =>
        {
            var all = new List<JsonArray>();
            while (rows.Read()) all.Add(new JsonArray([.. Enumerable.Range(0, rows.FieldCount).Select(column => Flows.Library.Data.TableCell.ToJson(rows, column))]));
            return all;
        });
    }

    public async Task<ActivityFault> FaultAsync(IActivity activity, ActivityContext? context = null) =>
        await Assert.ThrowsAsync<ActivityFault>(() => RunAsync(activity, context));

    Task<string> IFlowFiles.FetchAsync(string path, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(Path.Combine(FlowFiles, path));
        if (!System.IO.File.Exists(full)) throw new ActivityFault($"There is no file '{path}'.");
        return Task.FromResult(full);
    }

    void IStepLog.Write(LogLevel level, string text)
    {
        Interlocked.Increment(ref LineCount);
        if (Lines.Count < 10_000) Lines.Enqueue((level, text));
        OnLine?.Invoke(text);
    }

    void IStepLog.Progress(double share, string? text) { }

    Task<DataSetVersion> IDataSets.RegisterAsync(DataSetRegistration registration, CancellationToken cancellation) =>
        Task.FromResult(new DataSetVersion(registration.Name, 3, registration.Data) { IsNew = true });

    Task<DataSetVersion?> IDataSets.FindAsync(string name, int? version, CancellationToken cancellation) => Task.FromResult<DataSetVersion?>(null);

    Task<ModelVersion> IModels.RegisterAsync(ModelRegistration registration, CancellationToken cancellation)
    {
        Registered = registration;
        return Task.FromResult(new ModelVersion(registration.Name, 3, registration.Model));
    }

    Task<ModelVersion?> IModels.FindAsync(string name, int? version, CancellationToken cancellation) =>
        Task.FromResult(Registered is { } known && known.Name == name ? new ModelVersion(name, 3, known.Model) : null);

    Task<Flows.Contract.Models.Deployment> IDeployments.DeployAsync(DeploymentRequest request, CancellationToken cancellation)
    {
        Deployed = request;
        return Task.FromResult(new Flows.Contract.Models.Deployment(request.Name, request.Model, request.Version ?? 3, DeploymentStatus.Ready) { Path = $"/serve/{request.Name}" });
    }

    Task<JsonNode?> IDeployments.AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation)
    {
        Asked = (route, body);
        return Task.FromResult(JsonNode.Parse("""{"predictions":["7"]}"""));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
