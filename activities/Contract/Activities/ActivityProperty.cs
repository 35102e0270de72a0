using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Contract.Activities;

/// <summary>One declared property of an activity class: an input port, a setting or an output port.</summary>
internal sealed class ActivityProperty
{
    private readonly PropertyInfo _property;
    private readonly InputAttribute? _input;
    private readonly SettingAttribute? _setting;
    private readonly OutputAttribute? _output;

    private ActivityProperty(PropertyInfo property)
    {
        _property = property;
        _input = property.GetCustomAttribute<InputAttribute>();
        _setting = property.GetCustomAttribute<SettingAttribute>();
        _output = property.GetCustomAttribute<OutputAttribute>();
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
    }

    public static ActivityProperty? Of(PropertyInfo property)
    {
        var declared = new ActivityProperty(property);
        return declared._input is null && declared._setting is null && declared._output is null ? null : declared;
    }

    public string Name { get; }

    /// <summary>Set before the activity runs; else read after it.</summary>
    public bool IsRead => _output is null;

    private bool Required => _input?.Required ?? _setting?.Required ?? false;

    public InputDescriptor? AsInput(object fresh)
    {
        if (!IsRead) return null;
        var range = _property.GetCustomAttribute<RangeAttribute>();
        return new InputDescriptor(Name, _input?.DisplayName ?? _setting?.DisplayName ?? Words(_property.Name), TypeName(_input?.Type))
        {
            Description = _input?.Description ?? _setting?.Description ?? "",
            IsPort = _input is not null,
            Required = Required,
            Default = _setting is null ? null : ActivityValue.ToJson(_property.GetValue(fresh)),
            Editor = _setting?.Editor ?? ActivityValue.EditorOf(_property.PropertyType, Choices().Count > 0),
            Choices = Choices(),
            Minimum = Bound(range?.Minimum),
            Maximum = Bound(range?.Maximum),
            Group = _setting?.Group ?? "",
            FromFlow = _setting?.FromFlow,
            TakesSecret = _setting?.TakesSecret ?? false,
        };
    }

    public OutputDescriptor? AsOutput() => _output is null
        ? null
        : new OutputDescriptor(Name, _output.DisplayName ?? Words(_property.Name), TypeName(_output.Type)) { Description = _output.Description };

    /// <exception cref="ActivityFault">Required and absent, of another type, or out of range.</exception>
    public void Set(IActivity activity, JsonNode? value)
    {
        var absent = value is null || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0);
        if (absent && Required) throw new ActivityFault($"The input '{Name}' is missing.");
        if (value is null || (absent && _property.PropertyType != typeof(string))) return;
        if (ActivityValue.Read(value, _property.PropertyType) is not { } read)
            throw new ActivityFault($"The input '{Name}' must be {ActivityValue.Describe(_property.PropertyType)}, not {Shown(value)}.");
        if (_property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(read))
            throw new ActivityFault($"The input '{Name}' must be between {range.Minimum} and {range.Maximum}, not {Shown(value)}.");
        if (Choices() is { Count: > 0 } choices && read is string text && !choices.Contains(text, StringComparer.OrdinalIgnoreCase))
            throw new ActivityFault($"The input '{Name}' must be one of {string.Join(", ", choices)}, not {Shown(value)}.");
        _property.SetValue(activity, read);
    }

    public JsonNode? Read(IActivity activity) => ActivityValue.ToJson(_property.GetValue(activity));

    private string TypeName(string? declared) => declared ?? ActivityValue.AliasOf(_property.PropertyType);

    private IReadOnlyList<string> Choices()
    {
        var type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
        if (type.IsEnum) return [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];
        return _property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed ? [.. allowed.Values.Select(v => v?.ToString() ?? "")] : [];
    }

    private static double? Bound(object? bound) =>
        bound is null ? null : Convert.ToDouble(bound, System.Globalization.CultureInfo.InvariantCulture);

    private static string Shown(JsonNode value)
    {
        var text = value.ToJsonString(ContractJson.Options);
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    // TrainShare reads "Train share".
    private static string Words(string name) => string.Concat(name.Select((letter, at) =>
        at > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));
}
