using System.Text.Json.Nodes;

namespace Flows.Tests.Serving;

public sealed class MlNetServingTests(FlowerServer flowers) : IClassFixture<FlowerServer>
{
    private readonly ServedProcess _server = flowers.Server;

    [Theory]
    [InlineData("""{"instances":[[9,"red"],[2,"blue"]]}""")]
    [InlineData("""{"instances":[{"size":9,"colour":"red"},{"colour":"blue","size":2,"ignored":true}]}""")]
    [InlineData("""{"instances":[{"size":9,"colour":{"b64":"cmVk"}},{"size":2,"colour":"blue"}]}""")]
    public async Task Predict_answers_rows_by_place_and_by_name(string body)
    {
        var (status, answer) = await _server.PostAsync("/v1/models/tested:predict", body);

        Assert.Equal(200, status);
        Assert.Equal("""{"predictions":["rose","violet"]}""", answer!.ToJsonString());
    }

    [Fact]
    public async Task Predict_answers_columns_as_outputs()
    {
        var (_, answer) = await _server.PostAsync("/v1/models/model/versions/1:predict", """{"inputs":{"size":[9,2],"colour":["red","blue"]}}""");

        Assert.Equal("""{"outputs":["rose","violet"]}""", answer!.ToJsonString());
    }

    [Fact]
    public async Task Classify_gives_a_probability_for_every_class()
    {
        var (_, answer) = await _server.PostAsync("/v1/models/tested:classify", """{"examples":[{"size":9,"colour":"red"}]}""");

        var classes = answer!["results"]![0]!.AsArray();
        Assert.Equal(["rose", "violet"], classes.Select(pair => pair![0]!.GetValue<string>()));
        Assert.Equal(1, classes.Sum(pair => pair![1]!.GetValue<double>()), 3);
        Assert.True(classes[0]![1]!.GetValue<double>() > 0.8);
    }

    [Fact]
    public async Task Infer_takes_a_tensor_for_each_column()
    {
        var (status, answer) = await _server.PostAsync("/v2/models/tested/versions/1/infer", """
            {"id":"q1","inputs":[{"name":"colour","shape":[2],"datatype":"BYTES","data":["red","blue"]},
                                 {"name":"size","shape":[2,1],"datatype":"FP32","data":[[9],[2]]}],"outputs":[{"name":"predict"}]}
            """);

        Assert.Equal(200, status);
        Assert.Equal("""{"model_name":"tested","model_version":"1","id":"q1","outputs":[{"name":"predict","datatype":"BYTES","shape":[2],"data":["rose","violet"]}]}""", answer!.ToJsonString());
    }

    [Fact]
    public async Task Infer_gives_every_output_when_none_is_chosen()
    {
        var (_, answer) = await _server.PostAsync("/v2/models/model/infer", """
            {"inputs":[{"name":"colour","shape":[1],"datatype":"BYTES","data":["red"]},{"name":"size","shape":[1],"datatype":"INT8","data":[9]}]}
            """);

        Assert.Equal(["predict", "predict_proba"], answer!["outputs"]!.AsArray().Select(output => output!["name"]!.GetValue<string>()));
        Assert.Equal("[1,2]", answer["outputs"]![1]!["shape"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/v2", "flows-model-server")]
    [InlineData("/v2/health/live", "true")]
    [InlineData("/v2/health/ready", "true")]
    [InlineData("/v2/models/tested", "\"inputs\"")]
    [InlineData("/v2/models/tested/versions/1/ready", "true")]
    [InlineData("/v1/models/tested", "AVAILABLE")]
    [InlineData("/v1/models/tested/metadata", "signature_def")]
    [InlineData("/ping", "")]
    [InlineData("/version", "0.")]
    public async Task The_server_describes_itself(string path, string part)
    {
        var (status, answer) = await _server.GetAsync(path);

        Assert.Equal(200, status);
        Assert.Contains(part, answer!.ToJsonString());
    }

    [Theory]
    [InlineData("/v1/models/tested:predict", """{"instances":[[9]]}""", 400, "takes 2")]
    [InlineData("/v1/models/tested:predict", """{"instances":[{"size":9}]}""", 400, "\"colour\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":[["nine","red"]]}""", 400, "\"size\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":[[9,7]]}""", 400, "\"colour\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":[[NaN,"red"]]}""", 400, "not valid JSON")]
    [InlineData("/v1/models/tested:predict", """{"instances":[["NaN","red"]]}""", 400, "\"size\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":[[1e999,"red"]]}""", 400, "\"size\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":[[null,"red"]]}""", 400, "\"size\"")]
    [InlineData("/v1/models/tested:predict", """{"instances":7}""", 400, "instances")]
    [InlineData("/v1/models/tested:predict", """{"instances":[],"inputs":[]}""", 400, "exactly one")]
    [InlineData("/v1/models/tested:predict", """{"inputs":{"size":[1,2],"colour":["red"]}}""", 400, "\"colour\"")]
    [InlineData("/v1/models/tested:predict", "not json", 400, "not valid JSON")]
    [InlineData("/v1/models/tested:predict", "", 400, "not valid JSON")]
    [InlineData("/v1/models/tested:predict", "[]", 400, "JSON object")]
    [InlineData("/v1/models/tested:regress", """{"instances":[[9,"red"]]}""", 400, "classification")]
    [InlineData("/v1/models/tested:explain", """{"instances":[[9,"red"]]}""", 404, ":predict")]
    [InlineData("/v1/models/another:predict", """{"instances":[[9,"red"]]}""", 404, "another")]
    [InlineData("/v1/models/tested/versions/9:predict", """{"instances":[[9,"red"]]}""", 404, "version 9")]
    [InlineData("/v2/models/tested/infer", "{}", 400, "inputs")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[2],"datatype":"FP32","data":[1]}]}""", 400, "\"size\"")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[4294967296,4294967296],"datatype":"FP32","data":[]}]}""", 400, "\"size\"")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[1],"datatype":"UINT8","data":[300]}]}""", 400, "UINT8")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[1],"datatype":"FP8","data":[3]}]}""", 400, "FP8")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[1],"datatype":"FP32","data":[3]}]}""", 400, "\"colour\"")]
    [InlineData("/v2/models/tested/infer", """{"inputs":[{"name":"size","shape":[1],"datatype":"FP32","data":[3]},{"name":"weight","shape":[1],"datatype":"FP32","data":[3]}]}""", 400, "\"weight\"")]
    [InlineData("/v2/nothing", "{}", 404, "not served")]
    [InlineData("/invocations", """{"dataframe_split":{"columns":["size"],"data":[[1]]}}""", 400, "\"colour\"")]
    [InlineData("/invocations", """{"dataframe_split":{"columns":["size","colour"],"data":[[1]]}}""", 400, "row 0")]
    [InlineData("/invocations", """{"dataframe_records":{"size":1}}""", 400, "dataframe_records")]
    public async Task A_bad_request_is_told_what_is_wrong(string path, string body, int status, string part)
    {
        var (answered, answer) = await _server.PostAsync(path, body);

        Assert.Equal(status, answered);
        Assert.Contains(part, (answer!["error"] ?? answer["message"])!.GetValue<string>());
    }

    [Fact]
    public async Task Csv_is_scored_by_its_header()
    {
        var (_, answer) = await _server.PostAsync("/invocations", "colour,size\r\n\"red\",9\nblue,2\n", "text/csv");

        Assert.Equal("""{"predictions":["rose","violet"]}""", answer!.ToJsonString());
    }

    [Theory]
    [InlineData("colour,size\nred\n", "row 0")]
    [InlineData("colour,size\nred,nine\n", "\"size\"")]
    [InlineData("colour\nred\n", "\"size\"")]
    [InlineData("colour,size\n\"red,9\n", "quoted")]
    [InlineData("", "empty")]
    public async Task Bad_csv_is_told_what_is_wrong(string csv, string part)
    {
        var (status, answer) = await _server.PostAsync("/invocations", csv, "text/csv");

        Assert.Equal(400, status);
        Assert.Contains(part, answer!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_beyond_the_limit_and_one_nested_too_deep_are_refused()
    {
        var (huge, _) = await _server.PostAsync("/v1/models/tested:predict", $$"""{"instances":[[9,"{{new string('x', 2_000_000)}}"]]}""");
        var (deep, answer) = await _server.PostAsync("/v1/models/tested:predict", $$"""{"instances":{{new string('[', 500)}}{{new string(']', 500)}}}""");

        Assert.Equal((413, 400), (huge, deep));
        Assert.Contains("depth", answer!["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Requests_at_once_each_get_their_own_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _server.PostAsync(
            "/v1/models/tested:predict", i % 2 == 0 ? """{"instances":[[9,"red"]]}""" : """{"instances":[[2,"blue"]]}""")));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "rose" : "violet"), answers.Select(answer => answer.Body!["predictions"]![0]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused_with_a_reason()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("broken.zip"), "not a zip");

        var (code, output) = await ServedProcess.FailAsync(folder, folder.File("broken.zip"), TinyModels.FlowerFacts);

        Assert.Equal(1, code);
        Assert.Contains("broken.zip is not an ML.NET model", output);
    }

    [Fact]
    public async Task A_feature_the_model_does_not_have_is_named_at_start()
    {
        using var folder = new TestFolder();
        var facts = TinyModels.Facts("mlnet", "classification", ["size:number", "smell:text"], ["rose", "violet"]);

        var (code, output) = await ServedProcess.FailAsync(folder, TinyModels.Flowers(folder), facts);

        Assert.Equal(1, code);
        Assert.Contains("\"smell\"", output);
    }
}

/// <summary>One flower server for all tests of a class; its bodies are limited to 1 MB.</summary>
public sealed class FlowerServer : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    public ServedProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await ServedProcess.StartAsync(_folder, TinyModels.Flowers(_folder), TinyModels.FlowerFacts, "--max-body", "1000000");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
