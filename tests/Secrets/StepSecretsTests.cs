using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Secrets;
using Flows.Engine;
using Flows.Tests.Library;
using Flows.Tests.Support;

namespace Flows.Tests.Secrets;

/// <summary>What a step is given of secrets, and what leaves it: the same executor serves runs inline, a server's runner and others.</summary>
public sealed class StepSecretsTests : IDisposable
{
    private const string Value = "0pen-Sesame!";

    private readonly Step _step = new();
    private readonly StepSecrets _secrets = new(new OneSecret(), "default");

    [Fact]
    public async Task An_activity_gets_the_value_and_nothing_that_it_gives_back_has_it()
    {
        var result = await RunAsync(false);

        Assert.Equal((Value.Length, "•••", "•••"), ((int)result.Outputs!["length"]!, (string?)result.Outputs["echo"], (string?)result.Inputs!["value"]));
        Assert.Equal("tried •••", Assert.Single(_step.Lines).Text);
        Assert.Equal("•••", result.Metrics!.Single().Key);
        Assert.DoesNotContain(Value, System.Text.Json.JsonSerializer.Serialize(result, ContractJson.Options));
    }

    [Fact]
    public async Task A_fault_and_its_cause_are_masked_too() => Assert.Equal("InvalidOperationException: refused with •••", (await RunAsync(true)).Fault);

    // The name in a payload is a text like any other.
    [Fact]
    public async Task What_flows_into_a_step_cannot_ask_for_a_secret()
    {
        var inputs = new JsonObject { ["value"] = new JsonObject { ["type"] = "Secret", ["value"] = "word" }.ToJsonString() };
        var activity = new JsonObject { ["type"] = "Tests.Tell", ["value"] = Some.Text("{{ payload }}") };

        var result = await Executor().RunAsync("Tests.Tell", inputs, Context(activity, inputs), default);

        Assert.Equal(inputs["value"]!.GetValue<string>(), (string?)result.Outputs!["echo"]);
        Assert.True(_secrets.Mask.IsEmpty);
    }

    [Fact]
    public async Task A_secret_that_is_missing_or_too_short_to_mask_is_a_fault_that_names_it()
    {
        Assert.Contains("no secret 'other'", (await RunAsync(false, "other")).Fault);
        Assert.Contains("'short' is shorter than 4", (await RunAsync(false, "short")).Fault);
    }

    public void Dispose() => _step.Dispose();

    private Task<StepResult> RunAsync(bool fails, string name = "word")
    {
        var activity = new JsonObject { ["type"] = "Tests.Tell", ["value"] = SecretTests.Secret(name) };
        var inputs = new JsonObject { ["value"] = SecretMask.Shown, ["fails"] = fails };
        return Executor().RunAsync("Tests.Tell", inputs, Context(activity, inputs), default);
    }

    private static StepExecutor Executor() => new(ActivityCatalog.Of(typeof(StepSecretsTests).Assembly), TimeProvider.System);

    private ActivityContext Context(JsonObject activity, JsonObject inputs)
    {
        var plain = _step.Context(inputs, activity);
        return new ActivityContext
        {
            RunId = plain.RunId, StepId = plain.StepId, ActivityId = plain.ActivityId, ProjectId = plain.ProjectId, DefinitionId = plain.DefinitionId, Activity = activity, Inputs = inputs,
            WorkFolder = plain.WorkFolder, Artifacts = plain.Artifacts, Files = plain.Files, DataSets = plain.DataSets, Models = plain.Models, Deployments = plain.Deployments,
            Log = _secrets.Masked(plain.Log), Secrets = _secrets,
        };
    }

    private sealed class OneSecret : ISecrets
    {
        public ValueTask<string?> FindAsync(string projectId, string name, CancellationToken cancellation) => ValueTask.FromResult(name switch { "word" => Value, "short" => "abc", _ => null });
    }
}

/// <summary>Says what it is given in every way that an activity has.</summary>
[Activity("Tests.Tell", "Tell")]
public sealed class Tell : IActivity
{
    [Setting(TakesSecret = true)] public string Value { get; init; } = "";

    [Setting] public bool Fails { get; init; }

    [Output] public int Length { get; private set; }

    [Output] public string Echo { get; private set; } = "";

    public Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        context.Log.Write(LogLevel.Info, $"tried {Value}");
        context.Metrics[Value] = 1;
        (Length, Echo) = (Value.Length, Value);
        return Fails ? throw new InvalidOperationException($"refused with {Value}") : Task.CompletedTask;
    }
}
