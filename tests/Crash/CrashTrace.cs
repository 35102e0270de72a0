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
        def say(what):
            with open({JsonSerializer.Serialize(_file)}, "a") as file:
                file.write(f"{"{os.environ['FLOWS_STEP_ID']}"} {"{what}"}\n")
        say("began")
        time.sleep({seconds})
        with open(flows.output("square.json"), "w") as file:
            file.write(str(flows.value("n") ** 2))
        say("ended")
        sys.exit({exit})
        """);

    /// <summary>How often each step's script said so.</summary>
    public ILookup<string, string> Read() => File.ReadLines(_file).Select(line => line.Split(' ')).ToLookup(words => words[0], words => words[1]);
}
