using System.Text;

namespace Flows.Library.Python;

/// <summary>Cuts a stream into lines in bounded memory: a line longer than <see cref="LineBytes"/> is given in part, its rest counted.</summary>
internal static class LogLines
{
    public const int LineBytes = 8 * 1024;

    public static async Task PumpAsync(Stream stream, Action<string> write)
    {
        var (buffer, line, dropped) = (new byte[64 * 1024], new MemoryStream(LineBytes), 0L);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            for (var rest = buffer.AsMemory(0, read); !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                var room = Math.Min(part.Length, LineBytes - (int)line.Length);
                line.Write(part.Span[..room]);
                dropped += part.Length - room;
                rest = end < 0 ? default : rest[(end + 1)..];
                if (end >= 0) Flush();
            }
        }
        if (line.Length > 0) Flush();

        void Flush()
        {
            var text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
            write(dropped == 0 ? text : $"{text}… (and {dropped:N0} bytes more)");
            line.SetLength(0);
            dropped = 0;
        }
    }
}
