using System.Text.Json.Nodes;
using Bunit;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Designer.Controls;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

/// <summary>What a run's page says of how a chosen step was made.</summary>
public sealed class StepOriginTests : BunitContext
{
    private readonly StepRecord _step = new()
    {
        StepId = "r.2", ActivityId = "train", ActivityType = "T", Environment = new StepEnvironment("python", new string('e', 64), "3.11"),
        Outputs = new JsonObject { ["model"] = new Artifact(new string('a', 64), "Model", "m", 2048).ToJson(), ["n"] = 3 },
        Facts = new StepFacts { Seed = 4711, Host = "lab-3", Stray = new StrayFiles("seccomp") { Read = [new StrayFile("/data/raw.csv")] }, Code = new StepCode(new Artifact(new string('c', 64), "Folder", "code", 1), "train.py") },
    };

    [Fact]
    public void Digests_code_environment_seed_and_undeclared_files_are_said_with_a_way_to_the_trace()
    {
        var text = Render<StepOrigin>(origin => origin.Add(o => o.Step, _step));

        Assert.All(["Output model", "sha256:" + new string('a', 64), "train.py", "python 3.11", "4711", "lab-3", "read /data/raw.csv"], one => Assert.Contains(one, text.Markup));
        Assert.Equal("trace/step/r.2", text.Find("[data-action=trace-step]").GetAttribute("href"));
    }

    [Fact]
    public void What_it_used_settings_and_who_started_it_are_said_and_a_gpu_only_where_one_was_used()
    {
        var step = _step with
        {
            Inputs = new JsonObject { ["rows"] = new Artifact(new string('b', 64), "Table", "t", 10).ToJson(), ["maxDepth"] = 6, ["script"] = "import flows" },
            Used = new ResourceUse(12.2, 300L << 20) { Gpu = new GpuUse { PeakMemory = 4L << 30, MeanUtilisation = 62.5, PeakUtilisation = 97 } },
        };
        var text = Render<StepOrigin>(origin => origin.Add(o => o.Step, step).Add(o => o.Run, new RunRecord { Id = "r", DefinitionId = "f", Trigger = "schedule", Author = "ada" })).Find("dl").TextContent;

        Assert.Contains("12 s of processor time, 300 MB of memory at most, 4 GB of GPU memory at most, GPUs 62.5 % busy on average and 97 % at most", text);
        Assert.Contains("schedule · ada", text);
        Assert.Contains("Max depth6", text);
        Assert.DoesNotContain("import flows", text);
        Assert.DoesNotContain("GPU", Say.Used(step.Used with { Gpu = null }));
    }

    [Fact]
    public void Where_nobody_looked_it_says_why()
    {
        var text = Render<StepOrigin>(origin => origin.Add(o => o.Step, _step with { Facts = new StepFacts { Stray = new StrayFiles(StrayFiles.Nobody) { Why = "Undeclared files were not watched: no seccomp." } } }));

        Assert.Equal("Undeclared files were not watched: no seccomp.", text.Find("[data-part=undeclared]").TextContent.Trim());
    }
}
