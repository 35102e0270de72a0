using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Flows.Contract;
using Flows.Contract.Runs;

namespace Flows.Designer.Api;

/// <summary>
/// Reads steps by hand, as a run may have thousands and .NET is interpreted in the browser: what every step has is read directly, what few have as
/// everywhere else.
/// </summary>
internal sealed class StepReading : JsonConverter<StepRecord>
{
    private static readonly Dictionary<string, JsonPropertyInfo> Others = Described().Properties.ToDictionary(property => property.Name);

    // What one step says, the next mostly says again.
    private readonly Repeated<string> _activityId = new(Text), _activityType = new(Text), _parent = new(Text), _queue = new(Text), _outcome = new(Text);
    private readonly Repeated<StepStatus> _status = new((ref reader) => Enum.Parse<StepStatus>(reader.GetString()!, ignoreCase: true));
    private readonly Repeated<DateTimeOffset?> _moment = new((ref reader) => reader.GetDateTimeOffset());

    private delegate T Reading<T>(ref Utf8JsonReader reader);

    public override StepRecord Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var step = new Fields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (!TryRead(ref reader, step)) ReadOther(ref reader, step);
        return step.ToRecord();
    }

    public override void Write(Utf8JsonWriter writer, StepRecord step, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, step, ContractJson.Options);

    // By length first: comparing with each name in turn would cost more than the reading.
    private bool TryRead(ref Utf8JsonReader reader, Fields step)
    {
        var name = reader.ValueSpan;
        switch (name.Length)
        {
            case 5 when name.SequenceEqual("queue"u8): step.Queue = _queue.Next(ref reader); break;
            case 6 when name.SequenceEqual("stepId"u8): reader.Read(); step.StepId = Text(ref reader); break;
            case 6 when name.SequenceEqual("status"u8): step.Status = _status.Next(ref reader); break;
            case 6 when name.SequenceEqual("cached"u8): reader.Read(); step.Cached = reader.GetBoolean(); break;
            case 6 when name.SequenceEqual("inputs"u8): step.Inputs = Object(ref reader); break;
            case 7 when name.SequenceEqual("attempt"u8): reader.Read(); step.Attempt = reader.GetInt32(); break;
            case 7 when name.SequenceEqual("outputs"u8): step.Outputs = Object(ref reader); break;
            case 8 when name.SequenceEqual("queuedAt"u8): step.QueuedAt = _moment.Next(ref reader); break;
            case 8 when name.SequenceEqual("outcomes"u8): step.Outcomes = Outcomes(ref reader); break;
            case 9 when name.SequenceEqual("startedAt"u8): step.StartedAt = _moment.Next(ref reader); break;
            case 10 when name.SequenceEqual("finishedAt"u8): step.FinishedAt = _moment.Next(ref reader); break;
            case 10 when name.SequenceEqual("activityId"u8): step.ActivityId = _activityId.Next(ref reader); break;
            case 12 when name.SequenceEqual("activityType"u8): step.ActivityType = _activityType.Next(ref reader); break;
            case 12 when name.SequenceEqual("parentStepId"u8): step.ParentStepId = _parent.Next(ref reader); break;
            default: return false;
        }
        return true;
    }

    private static void ReadOther(ref Utf8JsonReader reader, Fields step)
    {
        var known = Others.GetValueOrDefault(reader.GetString()!);
        reader.Read();
        if (known is null) reader.Skip();
        else (step.Others ??= []).Add((known, JsonSerializer.Deserialize(ref reader, known.PropertyType, ContractJson.Options)));
    }

    private List<string> Outcomes(ref Utf8JsonReader reader)
    {
        var outcomes = new List<string>(1);
        reader.Read();
        while (_outcome.Next(ref reader) is { } outcome) outcomes.Add(outcome);
        return outcomes;
    }

    private static JsonObject? Object(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonNode.Parse(ref reader)?.AsObject();
    }

    private static string Text(ref Utf8JsonReader reader) => reader.GetString()!;

    private static JsonTypeInfo Described()
    {
        ContractJson.Options.MakeReadOnly(populateMissingResolver: true);
        return ContractJson.Options.GetTypeInfo(typeof(StepRecord));
    }

    private sealed class Fields
    {
        public string? StepId, ActivityId, ActivityType, ParentStepId, Queue;
        public StepStatus Status;
        public int Attempt = 1;
        public bool Cached;
        public DateTimeOffset? QueuedAt, StartedAt, FinishedAt;
        public JsonObject? Inputs, Outputs;
        public IReadOnlyList<string> Outcomes = [];
        public List<(JsonPropertyInfo Property, object? Value)>? Others;

        public StepRecord ToRecord()
        {
            var step = new StepRecord
            {
                StepId = StepId ?? throw new JsonException("A step without an id."),
                ActivityId = ActivityId ?? throw new JsonException($"Step {StepId} is of no activity."),
                ActivityType = ActivityType ?? throw new JsonException($"Step {StepId} is of no type."),
                ParentStepId = ParentStepId, Queue = Queue ?? "inline",
                Status = Status, Attempt = Attempt, Cached = Cached,
                QueuedAt = QueuedAt, StartedAt = StartedAt, FinishedAt = FinishedAt,
                Inputs = Inputs, Outputs = Outputs, Outcomes = Outcomes,
            };
            foreach (var (property, value) in Others ?? []) property.Set!(step, value);
            return step;
        }
    }

    /// <summary>A text that is made a value only when it is not that of the step before. Nothing for what is no text.</summary>
    private sealed class Repeated<T>(Reading<T> read)
    {
        private byte[]? _text;
        private T? _value;

        public T? Next(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) return default;
            if (_text is not null && reader.ValueSpan.SequenceEqual(_text)) return _value;
            (_text, _value) = (reader.ValueSpan.ToArray(), read(ref reader));
            return _value;
        }
    }
}
