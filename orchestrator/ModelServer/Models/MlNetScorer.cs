using Flows.ModelServer.Rows;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flows.ModelServer.Models;

/// <summary>The pipeline bound to one reusable input row; used by one request at a time.</summary>
internal sealed class MlNetScorer
{
    private readonly FeatureRow _input;
    private readonly ModelFacts _facts;
    private readonly Func<string>? _label;
    private readonly ValueGetter<VBuffer<float>>? _scores;
    private readonly ValueGetter<float>? _score;
    private VBuffer<float> _buffer;

    public MlNetScorer(ITransformer transformer, DataViewSchema schema, ModelFacts facts)
    {
        _facts = facts;
        _input = new FeatureRow(schema, facts.Features);
        var mapper = transformer.GetRowToRowMapper(schema);
        var output = mapper.GetRow(_input, mapper.OutputSchema.Where(column => column.Name is "PredictedLabel" or "Score" or "Probability"));
        var score = output.Schema.GetColumnOrNull("Probability") ?? output.Schema.GetColumnOrNull("Score") ?? throw new ModelFault("the ML.NET model has no Score column");
        if (score.Type is VectorDataViewType) _scores = output.GetGetter<VBuffer<float>>(score);
        else _score = output.GetGetter<float>(score);
        if (facts.IsClassification) _label = Label(output);
    }

    public Prediction Score(FeatureRows rows)
    {
        var width = !_facts.IsClassification ? 0 : Math.Max(_facts.Classes.Count, 2);
        var labels = _facts.IsClassification ? new string[rows.Count] : null;
        var values = _facts.IsClassification ? null : new double[rows.Count];
        var scores = new double[rows.Count * width];
        for (var row = 0; row < rows.Count; row++)
        {
            _input.MoveTo(rows, row);
            if (labels is null) values![row] = Value();
            else
            {
                labels[row] = _label!();
                CopyScores(scores.AsSpan(row * width, width));
            }
        }
        return new Prediction(rows.Count) { Labels = labels, Values = values, Scores = labels is null ? null : scores };
    }

    private double Value()
    {
        float value = 0;
        _score!(ref value);
        return value;
    }

    private void CopyScores(Span<double> target)
    {
        if (_scores is null)
        {
            target[1] = Value();
            target[0] = 1 - target[1];
            return;
        }
        _scores(ref _buffer);
        if (_buffer.Length != target.Length) throw new ModelFault($"the model gives {_buffer.Length} scores, its facts name {target.Length} classes");
        target.Clear();
        foreach (var (index, value) in _buffer.Items()) target[index] = value;
    }

    private Func<string> Label(DataViewRow output)
    {
        var column = output.Schema.GetColumnOrNull("PredictedLabel") ?? throw new ModelFault("the ML.NET model has no PredictedLabel column");
        if (column.Type is TextDataViewType) return Text(output.GetGetter<ReadOnlyMemory<char>>(column));
        if (column.Type is BooleanDataViewType) return Flag(output.GetGetter<bool>(column));
        throw new ModelFault($"the ML.NET model's PredictedLabel is {column.Type}; text or Boolean is needed");
    }

    private static Func<string> Text(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.ToString();
        };
    }

    private Func<string> Flag(ValueGetter<bool> getter)
    {
        var flag = false;
        var names = _facts.Classes.Count == 2 ? _facts.Classes : ["false", "true"];
        return () =>
        {
            getter(ref flag);
            return names[flag ? 1 : 0];
        };
    }
}
