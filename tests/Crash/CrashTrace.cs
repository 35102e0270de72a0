using System.Globalization;
using System.Text.Json;

namespace Flows.Tests.Crash;

/// <summary>What scripts really did, told by themselves in a file beside everything that the server keeps.</summary>
public sealed class CrashTrace
{
    private readonly string _file;

    public CrashTrace(string folder)
    {
        _file = Path.Combine(folder, "trace");
        Table = Path.Combine(folder, "numbers.csv");
        File.WriteAllText(_file, "");
        File.WriteAllLines(Table, ["a", .. Enumerable.Range(0, 100).Select(number => number.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>A table with the numbers 0 to 99 in column <c>a</c>.</summary>
    public string Table { get; }

    /// <summary>A script that says when it began and ended, and gives the square of its input <c>n</c>.</summary>
    public string Script(double seconds, int exit) => string.Create(CultureInfo.InvariantCulture, $"""
        import flows, os, sys, time
        attempt = os.environ["FLOWS_TOKEN"].rpartition(".")[0].rpartition("/")[2]
        def say(what):
            with open({JsonSerializer.Serialize(_file)}, "a") as file:
                file.write(f"{"{os.environ['FLOWS_STEP_ID']}"} {"{attempt}"} {"{what}"} {"{time.time():.6f}"}\n")
        say("began")
        time.sleep({seconds})
        with open(flows.output("square.json"), "w") as file:
            file.write(str(flows.value("n") ** 2))
        say("ended")
        sys.exit({exit})
        """);

    /// <summary>What each step's script said, by the step's id.</summary>
    public ILookup<string, Said> Read() => File.ReadLines(_file).Select(line => line.Split(' ')).ToLookup(words => words[0],
        words => new Said(int.Parse(words[1], CultureInfo.InvariantCulture), words[2], double.Parse(words[3], CultureInfo.InvariantCulture)));
}

/// <param name="What"><c>began</c> or <c>ended</c>.</param>
/// <param name="At">Seconds of the machine's clock.</param>
public sealed record Said(int Attempt, string What, double At);
