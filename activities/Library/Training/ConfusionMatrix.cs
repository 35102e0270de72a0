using Flows.Library.Data;

namespace Flows.Library.Training;

/// <summary>How often which class was answered for which.</summary>
/// <param name="Counts">By true class, then by answer.</param>
internal sealed record ConfusionMatrix(IReadOnlyList<string> Classes, int[][] Counts)
{
    public static ConfusionMatrix Of(IReadOnlyList<string> known, IEnumerable<(string Truth, string Guess)> rows)
    {
        var all = rows.ToList();
        var classes = known.Concat(all.SelectMany(row => new[] { row.Truth, row.Guess }).Except(known).Order(StringComparer.Ordinal)).ToList();
        var place = classes.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        var counts = classes.Select(_ => new int[classes.Count]).ToArray();
        foreach (var (truth, guess) in all) counts[place[truth]][place[guess]]++;
        return new ConfusionMatrix(classes, counts);
    }

    /// <summary>Mean of 2·tp / (2·tp + fp + fn) over the classes that occur.</summary>
    public double MacroF1()
    {
        var scores = new List<double>();
        for (var index = 0; index < Classes.Count; index++)
        {
            var (hits, truths, guesses) = (Counts[index][index], Counts[index].Sum(), Counts.Sum(row => row[index]));
            if (truths + guesses > 0) scores.Add(2.0 * hits / (truths + guesses));
        }
        return scores.Average();
    }

    /// <summary>A statement that makes a table of it: <c>truth</c>, and a column for each answer.</summary>
    public string ToSql(string table)
    {
        var columns = string.Join(", ", Classes.Select(name => Sql.Name(name == "truth" ? "truth " : name)));
        var rows = Classes.Select((name, index) => $"({Sql.Text(name)}, {string.Join(", ", Counts[index])})");
        return $"CREATE TABLE {table} AS SELECT * FROM (VALUES {string.Join(", ", rows)}) t(truth, {columns})";
    }
}
