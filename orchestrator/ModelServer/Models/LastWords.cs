namespace Flows.ModelServer.Models;

/// <summary>The last lines a process wrote to its standard error; each goes to this server's log too.</summary>
internal sealed class LastWords
{
    private const int Kept = 20;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (line is null) return;
        Console.Error.WriteLine(line);
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept) _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_gate) return _lines.Count == 0 ? "it said nothing" : string.Join('\n', _lines);
    }
}
