using System.Text.Json.Nodes;

namespace Flows.Tests.Serving;

public sealed class OtherFormatsTests(ServedLines lines) : IClassFixture<ServedLines>, IDisposable
{
    private const string NoSklearn = "python3-sklearn is not installed";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int> MlflowCases { get; } = [.. Enumerable.Range(0, MlflowLines().Length)];

    [Theory]
    [MemberData(nameof(MlflowCases))]
    public async Task Mlflow_requests_are_answered_as_mlflow_answers_them(int index)
    {
        var server = await lines.OnnxAsync();
        var recorded = JsonNode.Parse(MlflowLines()[index])!;

        var (status, answer) = recorded["get"] is { } path
            ? await server.GetAsync(path.GetValue<string>())
            : await server.PostAsync("/invocations", Body(recorded["request"]!), recorded["content_type"]!.GetValue<string>());

        Assert.Equal(recorded["status"]!.GetValue<int>(), status);
        if (status == 400) Assert.Equal("BAD_REQUEST", answer!["error_code"]!.GetValue<string>());
        else Assert.True(JsonNode.DeepEquals(recorded["response"], answer), answer?.ToJsonString());
    }

    [Theory]
    [InlineData("mlserver_iris-rest-requests.json", 4, 1)]
    [InlineData("mlserver_sum-model-rest-requests.json", 1024, 1)]
    public async Task Mlserver_requests_are_answered(string file, int width, int rows)
    {
        await File.WriteAllBytesAsync(_folder.File("sum.onnx"), OnnxBytes.Line(Enumerable.Repeat(1f, width).ToArray(), 0));
        var facts = TinyModels.Facts("onnx", "regression", [.. Enumerable.Range(0, width).Select(i => $"x{i}:number")], []);
        await using var server = await ServedProcess.StartAsync(_folder, _folder.File("sum.onnx"), facts);
        var request = await File.ReadAllTextAsync(Data(file));

        var (status, answer) = await server.PostAsync("/v2/models/model/infer", request);

        Assert.Equal(200, status);
        var sum = JsonNode.Parse(request)!["inputs"]![0]!["data"]!.AsArray().Sum(value => value!.GetValue<double>());
        var output = answer!["outputs"]![0]!;
        Assert.Equal($"[{rows}]", output["shape"]!.ToJsonString());
        Assert.InRange(output["data"]![0]!.GetValue<double>() / sum, 0.9999, 1.0001);
    }

    [Fact]
    public async Task A_scikit_learn_model_answers_from_its_own_process()
    {
        if (await lines.SklearnAsync() is not { } server) Assert.Skip(NoSklearn);
        else
        {
            var (_, answer) = await server.PostAsync("/v1/models/tested:predict", """{"instances":[[1,3],{"b":4,"a":2}]}""");

            Assert.Equal([12, 17], answer!["predictions"]!.AsArray().Select(value => Math.Round(value!.GetValue<double>(), 6)));
        }
    }

    [Fact]
    public async Task Number_classes_are_answered_as_numbers_with_probabilities()
    {
        if (TinyModels.SklearnClasses(_folder) is not { } model) Assert.Skip(NoSklearn);
        else
        {
            var facts = TinyModels.Facts("sklearn", "classification", ["x:number"], ["0", "1", "2"], "number");
            await using var server = await ServedProcess.StartAsync(_folder, model, facts);

            var (_, predicted) = await server.PostAsync("/v1/models/tested:predict", """{"instances":[0,1,2]}""");
            var (_, inferred) = await server.PostAsync("/v2/models/tested/infer", """{"inputs":[{"name":"x","shape":[1],"datatype":"FP64","data":[2]}]}""");

            Assert.Equal("""{"predictions":[0,1,2]}""", predicted!.ToJsonString());
            Assert.Equal("""[{"name":"predict","datatype":"INT64","shape":[1],"data":[2]},{"name":"predict_proba","datatype":"FP64","shape":[1,3],"data":[0,0,1]}]""", inferred!["outputs"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task A_missing_value_that_scikit_learn_refuses_is_named()
    {
        if (await lines.SklearnAsync() is not { } server) Assert.Skip(NoSklearn);
        else
        {
            var (status, answer) = await server.PostAsync("/v1/models/tested:predict", """{"instances":[[1,null]]}""");

            Assert.Equal(400, status);
            Assert.Contains("\"b\"", answer!["error"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_python_process_that_dies_over_a_request_is_started_again_for_the_next()
    {
        if (TinyModels.SklearnBrittle(_folder) is not { } model) Assert.Skip(NoSklearn);
        else
        {
            await using var server = await ServedProcess.StartAsync(_folder, model, TinyModels.Facts("sklearn", "regression", ["x:number"], []));

            var (died, why) = await server.PostAsync("/v1/models/tested:predict", """{"instances":[-1]}""");
            var (status, answer) = await server.PostAsync("/v1/models/tested:predict", """{"instances":[4]}""");

            Assert.Equal(503, died);
            Assert.Contains("died", why!["error"]!.GetValue<string>());
            Assert.Equal((200, """{"predictions":[4]}"""), (status, answer!.ToJsonString()));
        }
    }

    [Fact]
    public async Task A_pickle_that_does_not_load_is_refused_with_pythons_words()
    {
        if (await lines.SklearnAsync() is null) Assert.Skip(NoSklearn);
        await File.WriteAllTextAsync(_folder.File("broken.pkl"), "not a pickle");

        var (code, output) = await ServedProcess.FailAsync(_folder, _folder.File("broken.pkl"), TinyModels.LineFacts("sklearn"));

        Assert.Equal(1, code);
        Assert.Contains("Python could not load the model", output);
    }

    private static string Body(JsonNode request) => request is JsonValue text ? text.GetValue<string>() : request.ToJsonString();

    private static string Data(string file) => Path.Combine(AppContext.BaseDirectory, "Conformance", "Data", "serving", file);

    private static string[] MlflowLines() => [.. File.ReadAllLines(Data("mlflow-invocations.jsonl")).Where(line => line.Length > 0)];
}

/// <summary>2 a + 3 b + 1 behind model servers that all tests of a class ask, started when the first one does.</summary>
public sealed class ServedLines : IAsyncDisposable
{
    private readonly List<TestFolder> _folders = [];
    private ServedProcess? _onnx, _sklearn;

    public async Task<ServedProcess> OnnxAsync()
    {
        if (_onnx is not null) return _onnx;
        var folder = Folder();
        await File.WriteAllBytesAsync(folder.File("line.onnx"), OnnxBytes.Line([2, 3], 1));
        return _onnx = await ServedProcess.StartAsync(folder, folder.File("line.onnx"), TinyModels.LineFacts("onnx"));
    }

    /// <summary>Null where there is no scikit-learn.</summary>
    public async Task<ServedProcess?> SklearnAsync()
    {
        if (_sklearn is not null) return _sklearn;
        var folder = Folder();
        return TinyModels.SklearnLine(folder) is { } model ? _sklearn = await ServedProcess.StartAsync(folder, model, TinyModels.LineFacts("sklearn")) : null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _onnx, _sklearn }.OfType<ServedProcess>()) await server.DisposeAsync();
        _folders.ForEach(folder => folder.Dispose());
    }

    private TestFolder Folder()
    {
        _folders.Add(new TestFolder());
        return _folders[^1];
    }
}
