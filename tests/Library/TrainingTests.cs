using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Library.Data;
using Flows.Library.Training;

namespace Flows.Tests.Library;

public sealed class TrainingTests : IDisposable
{
    // Two noisy clouds, a text column that helps, a missing number and a missing label.
    private const string Clouds = """
        select case when range = 7 then null when range % 2 = 0 then 'left' else 'right' end as side,
            case when range = 3 then null else (range % 2) * 2 + sin(range * 12.9898) end as x, cos(range * 78.233) as y,
            case when range % 3 = 0 then 'even' else 'odd' end as kind, range % 2 = 1 as flag, date '2020-01-01' as day from range(400)
        """;

    private readonly Step _step = new();

    [Theory]
    [InlineData(Trainer.Auto)]
    [InlineData(Trainer.LightGbm)]
    [InlineData(Trainer.FastTree)]
    [InlineData(Trainer.Linear)]
    public async Task A_classifier_learns_from_numbers_texts_and_gaps(Trainer trainer)
    {
        var rows = await _step.TableAsync(Clouds);

        var trained = await _step.RunAsync(new TrainModel { Rows = rows, Label = "side", Features = ["x", "y", "kind"], Trainer = trainer, Trees = 30 });
        var judged = await _step.RunAsync(new EvaluateModel { Model = trained.Model!, Rows = rows });

        var facts = ModelFacts.From(trained.Model!.Facts)!;
        Assert.Equal(("mlnet", "classification", "side", "text"), (facts.Format, facts.Task, facts.Label, facts.LabelType));
        Assert.Equal(["left", "right"], facts.Classes);
        Assert.Equal(["x number", "y number", "kind text"], facts.Features.Select(feature => $"{feature.Name} {feature.Type}"));
        Assert.Equal(["x", "y", "kind"], facts.Example!.Select(pair => pair.Key));
        var figures = judged.Metrics!.Facts!;
        Assert.True(figures["accuracy"]!.GetValue<double>() > 0.85, figures.ToJsonString());
        Assert.True(figures["auc"]!.GetValue<double>() > 0.9, figures.ToJsonString());
        Assert.InRange(figures["logLoss"]!.GetValue<double>(), 0, 0.6);
        Assert.Equal(399, figures["rows"]!.GetValue<double>());
        Assert.Equal(400, judged.Predictions!.Rows);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(_step.Store.PathOf(judged.Picture!.Sha256)));
    }

    [Theory]
    [InlineData(Trainer.LightGbm)]
    [InlineData(Trainer.FastTree)]
    public async Task A_training_is_stopped_in_its_middle(Trainer trainer)
    {
        using var stop = new CancellationTokenSource();
        _step.OnLine = line =>
        {
            if (line.StartsWith("Training", StringComparison.Ordinal)) stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        };
        // Left alone it takes minutes.
        var rows = await _step.TableAsync("select sin(range) as y, " + string.Join(", ", Enumerable.Range(1, 40).Select(i => $"sin(range * {i}.5) as x{i}")) + " from range(60000)");

        var training = _step.RunAsync(new TrainModel { Rows = rows, Label = "y", Trainer = trainer, Trees = 10_000, Leaves = 500 }, cancellation: stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData(Trainer.Auto)]
    [InlineData(Trainer.FastTree)]
    [InlineData(Trainer.Linear)]
    public async Task A_regression_learns_a_line(Trainer trainer)
    {
        var rows = await _step.TableAsync("select range * 0.5 + sin(range) as y, range::double as x, (range % 7)::double as z from range(500)");

        var trained = await _step.RunAsync(new TrainModel { Rows = rows, Label = "y", Trainer = trainer });
        var judged = await _step.RunAsync(new EvaluateModel { Model = trained.Model!, Rows = rows });

        Assert.Equal("regression", ModelFacts.From(trained.Model!.Facts)!.Task);
        Assert.True(judged.Metrics!.Facts!["r2"]!.GetValue<double>() > 0.95, judged.Metrics.Facts.ToJsonString());
        Assert.Null(judged.ConfusionMatrix);
        Assert.NotNull(judged.Picture);
    }

    [Theory]
    [InlineData(Trainer.LightGbm)]
    [InlineData(Trainer.FastTree)]
    [InlineData(Trainer.Linear)]
    public async Task The_same_training_gives_the_same_bytes(Trainer trainer)
    {
        var rows = await _step.TableAsync(Clouds);

        var one = await _step.RunAsync(new TrainModel { Rows = rows, Label = "side", Trainer = trainer, Trees = 20 });
        var again = await _step.RunAsync(new TrainModel { Rows = rows, Label = "side", Trainer = trainer, Trees = 20 });

        Assert.Equal(one.Model!.Sha256, again.Model!.Sha256);
    }

    [Fact]
    public async Task Whole_numbers_of_few_values_are_classes_and_come_back_as_numbers()
    {
        var rows = await _step.TableAsync("select (range % 3)::integer as digit, (range % 3) + sin(range) / 5 as x from range(300)");

        var trained = await _step.RunAsync(new TrainModel { Rows = rows, Label = "digit", Trees = 20 });
        var judged = await _step.RunAsync(new EvaluateModel { Model = trained.Model!, Rows = rows });

        Assert.Equal(["0", "1", "2"], ModelFacts.From(trained.Model!.Facts)!.Classes);
        Assert.Contains(judged.Predictions!.Columns!, column => column is { Name: "prediction", Type: "DOUBLE" });
        var confusion = _step.Rows(judged.ConfusionMatrix!);
        Assert.Equal(["0", "1", "2"], confusion.Select(row => row[0]!.GetValue<string>()));
        Assert.All(confusion, row => Assert.Equal(100, row.Skip(1).Sum(cell => cell!.GetValue<long>())));
        Assert.All(confusion, (row, place) => Assert.True(row[place + 1]!.GetValue<long>() >= 97, row.ToJsonString()));
    }

    [Fact]
    public async Task Mistakes_are_said_with_the_setting_and_the_column()
    {
        var rows = await _step.TableAsync(Clouds);
        var empty = await _step.TableAsync($"select * from ({Clouds}) where false");
        var same = await _step.TableAsync("select 'one' as side, range as x from range(20)");

        Assert.Contains("'label' is empty", (await _step.FaultAsync(new TrainModel { Rows = rows })).Message);
        Assert.Contains("'label' names the column 'sid'", (await _step.FaultAsync(new TrainModel { Rows = rows, Label = "sid" })).Message);
        Assert.Contains("'day', a DATE", (await _step.FaultAsync(new TrainModel { Rows = rows, Label = "side", Features = ["day"] })).Message);
        Assert.Contains("must not see", (await _step.FaultAsync(new TrainModel { Rows = rows, Label = "side", Features = ["side"] })).Message);
        Assert.Contains("A regression needs numbers", (await _step.FaultAsync(new TrainModel { Rows = rows, Label = "side", Task = TrainingTask.Regression })).Message);
        Assert.Contains("no rows", (await _step.FaultAsync(new TrainModel { Rows = empty, Label = "side" })).Message);
        Assert.Contains("single value 'one'", (await _step.FaultAsync(new TrainModel { Rows = same, Label = "side" })).Message);
        var file = await _step.Store.PutFileAsync(Path.Combine(_step.FlowFiles, _step.File("a.txt", "x")), "File");
        Assert.Contains("needs a table", (await _step.FaultAsync(new TrainModel { Rows = file with { Columns = [new TableColumn("a", "BIGINT")] }, Label = "a" })).Message);
        Assert.Contains("does not say what kind", (await _step.FaultAsync(new EvaluateModel { Model = file with { Kind = "Model" }, Rows = rows })).Message);
    }

    [Fact]
    public async Task Real_digits_are_told_apart_by_the_default_settings()
    {
        var source = new FileSource { Path = Path.Combine(LibraryFlows.Folder, "digits", "digits.csv.gz") };
        var digits = (await _step.RunAsync(source)).Table!;
        var split = await _step.RunAsync(new SplitRows { Rows = digits, StratifyBy = "column64" });

        var trained = await _step.RunAsync(new TrainModel { Rows = split.Train!, Label = "column64" });
        var judged = await _step.RunAsync(new EvaluateModel { Model = trained.Model!, Rows = split.Test! });

        Assert.Equal((1797L, 65), (digits.Rows, digits.Columns!.Count));
        Assert.True(judged.Metrics!.Facts!["accuracy"]!.GetValue<double>() >= 0.95, judged.Metrics.Facts.ToJsonString() + string.Join('\n', _step.Lines));
    }

    public void Dispose() => _step.Dispose();
}
