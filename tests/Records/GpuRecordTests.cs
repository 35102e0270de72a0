using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Tests.Library;
using Flows.Tests.Python;
using Flows.Tests.Support;

namespace Flows.Tests.Records;

/// <summary>A server on whose PATH there is an <c>nvidia-smi</c>: what it says is in the record and the trace, and it ends with the server.</summary>
[SupportedOSPlatform("linux")]
public sealed class GpuRecordTests
{
    // More than all pipes between here and the server hold: once it is written, the server has read the first of it.
    private const int Lines = 30_000;

    [Fact]
    public async Task What_steps_used_of_gpus_is_recorded_and_traced()
    {
        using var gpus = new StandInGpus();
        var data = Directory.CreateTempSubdirectory("flows-gpu-hub-").FullName;
        await using var hub = await HubProcess.StartAsync(data, options: new HubProcessOptions { Settings = new Dictionary<string, string> { ["PATH"] = $"{gpus.Folder}:{Environment.GetEnvironmentVariable("PATH")}" } });
        var python = Some.Activity("python", "Flows.PythonScript", ("script", Some.Text($"""
            import os
            with open("{gpus.Memory}", "w") as gpu: gpu.write("2026/11/28 10:00:00.123, GPU-a, " + str(os.getpid()) + ", 2048\n")
            with open("{gpus.Memory}", "w") as gpu: gpu.write(("2026/11/28 10:00:01.123, GPU-a, %d, 1024\n" % os.getpid()) * {Lines})
            """)));
        var shell = Some.Activity("shell", "Flows.ShellScript", ("script", Some.Text($"yes \"2026/11/28 10:00:02.123, GPU-a, $$, 512\" | head -n {Lines} > {gpus.Memory}")));
        (await hub.Http.PostAsync("/api/flows/import?publish=true", new StringContent(Some.Chain("gpu", python, shell, Some.Line("none", "in process"))))).EnsureSuccessStatusCode();

        var run = (await (await hub.Http.PostAsJsonAsync("/api/flows/gpu/runs?wait=120", new RunRequest(), ContractJson.Options)).Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;

        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents));
        StepRecord Step(string id) => run.Steps.Single(step => step.ActivityId == id);
        Assert.Equal((2L << 30, 512L << 20), (Step("python").Used!.Gpu!.PeakMemory, Step("shell").Used!.Gpu!.PeakMemory));
        Assert.Null(Step("none").Used);
        var record = (await hub.Http.GetFromJsonAsync<AttemptRecord>($"/api/runs/{run.Id}/steps/{Step("python").StepId}/record", ContractJson.Options))!;
        Assert.Equal((2L << 30, "Stand-in, 1.0"), (record.Used!.Gpu!.PeakMemory, Assert.Single(record.Facts!.Gpus!)));
        var trace = (await hub.Http.GetFromJsonAsync<JsonNode>($"/api/trace/run/{run.Id}"))!;
        Assert.Contains($"\"gpu\":{{\"peakMemory\":{2L << 30}}}", trace.ToJsonString());

        await hub.KillAsync();
        await Eventually.TrueAsync(() => gpus.Started().All(Processes.IsGone), "nothing of the stand-in is left");
        Directory.Delete(data, recursive: true);
    }
}
