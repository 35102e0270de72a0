using System.Text.Json.Serialization;
using Flows.Engine;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Hub.Runners;

/// <summary>What a runner says about one of its jobs, in the order in which it happened.</summary>
/// <param name="Key"><see cref="JobKey"/> as text.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "report")]
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(Logged), "logged")]
[JsonDerivedType(typeof(Progressed), "progressed")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Returned), "returned")]
[JsonDerivedType(typeof(Stopped), "stopped")]
public abstract record StepReport(string Key)
{
    /// <summary>The runner is done with the job.</summary>
    [JsonIgnore] public bool IsEnd => this is Ended or Returned or Stopped;

    public sealed record Begun(string Key) : StepReport(Key);

    public sealed record Logged(string Key, LogLevel Level, string Text) : StepReport(Key);

    /// <param name="Share">0 to 1.</param>
    public sealed record Progressed(string Key, double Share, string? Text) : StepReport(Key);

    /// <param name="Seconds">What the attempt took at the runner.</param>
    public sealed record Ended(string Key, StepResult Result, double Seconds) : StepReport(Key);

    /// <summary>The runner gives the job back, to be placed anew.</summary>
    /// <param name="HasBegun">It was under way and is dead now: the next one is another attempt.</param>
    public sealed record Returned(string Key, bool HasBegun) : StepReport(Key)
    {
        /// <summary>What was killed under it; null when the runner gives it back on purpose.</summary>
        public string? Lost { get; init; }
    }

    /// <summary>The job was cancelled, and nothing of it runs any more.</summary>
    public sealed record Stopped(string Key) : StepReport(Key);
}
