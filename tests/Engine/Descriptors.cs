using Flows.Contract.Activities;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>What the palette offers is what the engine can do.</summary>
public sealed class Descriptors
{
    public static IEnumerable<TheoryDataRow<string>> Types() => EngineActivities.Descriptors.Select(descriptor => new TheoryDataRow<string>(descriptor.Type));

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_activity_in_the_palette_is_known_to_the_engine(string type)
    {
        var run = (await MemoryRun.Of(new FlowBuilder().Add(Activity("one", type)).Build()).BeginAsync()).State.ToRecord();

        Assert.DoesNotContain(run.Incidents, incident => incident.Message.Contains("There is no activity"));
        Assert.Contains(run.Steps, step => step.ActivityType == type);
    }

    [Fact]
    public void Every_activity_and_field_says_what_it_is()
    {
        Assert.All(EngineActivities.Descriptors, descriptor => Assert.True(descriptor.Description.Length > 10, descriptor.Type));
        Assert.All(EngineActivities.Descriptors.SelectMany(descriptor => descriptor.Inputs), input => Assert.NotEqual("", input.Description));
        Assert.Equal(EngineActivities.Descriptors.Count, EngineActivities.Descriptors.Select(descriptor => descriptor.Type).Distinct().Count());
    }
}
