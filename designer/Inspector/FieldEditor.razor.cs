using System.Globalization;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Designer.Editing;
using Flows.Designer.Inspector.Code;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Flows.Designer.Inspector;

/// <summary>One input of an activity: the editor that its descriptor asks for, or an expression.</summary>
public partial class FieldEditor
{
    private string kind = ExpressionTypes.Literal;
    private string? refused;
    private (string, string)? _of;

    [Parameter, EditorRequired] public FlowActivity Activity { get; set; } = null!;

    [Parameter, EditorRequired] public InputDescriptor Field { get; set; } = null!;

    [Parameter] public IReadOnlyList<FlowVariable> Variables { get; set; } = [];

    /// <summary>Columns of the table that comes in, when a run told them.</summary>
    [Parameter] public IReadOnlyList<string> Suggestions { get; set; } = [];

    /// <summary>What a code editor offers, by language.</summary>
    [Parameter] public Func<string, IReadOnlyList<CodeWord>> Words { get; set; } = _ => [];

    /// <summary>What is wired in, such as <c>Split rows · train</c>.</summary>
    [Parameter] public string? Wired { get; set; }

    [Parameter] public FlowProblem? Found { get; set; }

    [Parameter] public EventCallback<FlowEdit> Changed { get; set; }

    [Parameter] public EventCallback<(string Field, IBrowserFile File)> Upload { get; set; }

    private string Id => $"field-{Field.Name}";

    private FlowInput? Input => Activity.Input(Field.Name);

    private string Shown => FieldValue.Text(Input);

    private string Default => Field.Default.AsText() ?? "";

    private string? Problem => refused ?? Found?.Message;

    private string Bounds => (Field.Minimum, Field.Maximum) switch
    {
        ({ } least, { } most) => $" {N(least)} to {N(most)}.",
        _ => "",
    };

    protected override void OnParametersSet()
    {
        if (_of == (Activity.Id, Field.Name) && Input is null) return;
        if (_of != (Activity.Id, Field.Name)) refused = null;
        _of = (Activity.Id, Field.Name);
        kind = Input?.ExpressionType is { } there && FieldValue.KindsOf(Field).Contains(there) ? there : ExpressionTypes.Literal;
    }

    private Task Set(ChangeEventArgs changed) => SetAsync(changed.Value?.ToString() ?? "");

    private async Task SetAsync(string text)
    {
        refused = kind == ExpressionTypes.Literal ? FieldValue.WhyNot(Field, text) : null;
        if (refused is null) await Changed.InvokeAsync(new FlowEdit.SetInput(Activity.Id, Field.Name, FieldValue.Wrap(Field, kind, text)));
    }

    private async Task ChangeKindAsync(string chosen)
    {
        kind = chosen;
        // What was written is no secret's name.
        if (kind is not (ExpressionTypes.Variable or ExpressionTypes.Secret) && Shown.Length > 0 && Wired is null)
            await Changed.InvokeAsync(new FlowEdit.SetInput(Activity.Id, Field.Name, FieldValue.Wrap(Field, kind, Shown)));
    }

    private Task ChooseVariableAsync(string id) => Variables.FirstOrDefault(variable => variable.Id == id) is { } variable
        ? Changed.InvokeAsync(new FlowEdit.SetInput(Activity.Id, Field.Name, FieldValue.ReadVariable(variable)))
        : Changed.InvokeAsync(new FlowEdit.SetInput(Activity.Id, Field.Name, null));

    private static string N(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
