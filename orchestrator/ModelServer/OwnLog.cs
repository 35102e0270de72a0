using System.Text;

namespace Flows.ModelServer;

/// <summary>Console output as a bounded file: whoever reads the pipe may be gone while the server lives on.</summary>
internal sealed class OwnLog : TextWriter
{
    private const long MaxBytes = 1 << 20;
    private readonly Lock _gate = new();
    private readonly string _path;
    private StreamWriter _writer;

    private OwnLog(string path)
    {
        _path = path;
        _writer = OpenFile();
    }

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Console output goes to the file from here on; nothing changes when the path is null.</summary>
    public static IDisposable? Open(string? path)
    {
        if (path is null) return null;
        var log = new OwnLog(path);
        Console.SetOut(log);
        Console.SetError(log);
        return log;
    }

    public override void Write(char value)
    {
        lock (_gate) _writer.Write(value);
    }

    public override void Write(string? value)
    {
        lock (_gate) _writer.Write(value);
    }

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            _writer.WriteLine(value);
            if (_writer.BaseStream.Length > MaxBytes) Turn();
        }
    }

    private void Turn()
    {
        _writer.Dispose();
        File.Move(_path, _path + ".old", overwrite: true);
        _writer = OpenFile();
    }

    private StreamWriter OpenFile() =>
        new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
}
