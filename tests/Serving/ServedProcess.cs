using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Hub.Deployments;
using Flows.Tests.Support;

namespace Flows.Tests.Serving;

/// <summary>A real <c>flows-model-server</c> process over a model of the test's own.</summary>
public sealed class ServedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServedProcess(Process process) => _process = process;

    public HttpClient Http { get; } = new();

    public int Id => _process.Id;

    public static async Task<ServedProcess> StartAsync(TestFolder folder, string model, JsonObject facts, params string[] more)
    {
        var served = Begin(folder, model, facts, more);
        var ready = System.IO.Path.Combine(folder.Path, "ready");
        await Eventually.TrueAsync(() => served._process.HasExited || File.Exists(ready), "the model server is ready");
        if (!File.Exists(ready)) throw new InvalidOperationException(served._output.ToString());
        served.Http.BaseAddress = new Uri(await File.ReadAllTextAsync(ready));
        return served;
    }

    /// <summary>Starts one that is expected to give up: its exit code and what it said.</summary>
    public static async Task<(int Code, string Output)> FailAsync(TestFolder folder, string model, JsonObject facts)
    {
        await using var served = Begin(folder, model, facts, []);
        await served._process.WaitForExitAsync();
        return (served._process.ExitCode, served._output.ToString());
    }

    // A refusal by the announced length comes before the body is sent, so that the answer is not lost with the connection.
    public Task<(int Status, JsonNode? Body)> PostAsync(string path, string body, string type = "application/json") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Headers = { ExpectContinue = body.Length > 1_000_000 }, Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { { "Content-Type", type } } } });

    public Task<(int Status, JsonNode? Body)> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private static ServedProcess Begin(TestFolder folder, string model, JsonObject facts, string[] more)
    {
        var factsFile = System.IO.Path.Combine(folder.Path, "facts.json");
        File.WriteAllText(factsFile, facts.ToJsonString());
        var start = new ProcessStartInfo(ModelServerProgram.Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[ModelServerProgram.Path, "--model", model, "--facts", factsFile, "--name", "tested", "--ready", System.IO.Path.Combine(folder.Path, "ready"), .. more])
            start.ArgumentList.Add(argument);
        var served = new ServedProcess(Process.Start(start)!);
        served._process.OutputDataReceived += (_, line) => served.Keep(line.Data);
        served._process.ErrorDataReceived += (_, line) => served.Keep(line.Data);
        served._process.BeginOutputReadLine();
        served._process.BeginErrorReadLine();
        return served;
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    private async Task<(int, JsonNode?)> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, Xunit.TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType == "application/json" && text.Trim().Length > 0 ? JsonNode.Parse(text) : JsonValue.Create(text));
    }
}

/// <summary>A folder of the test's own, gone with it.</summary>
public sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flows-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
