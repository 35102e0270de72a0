using System.Text.Json;
using Flows.Contract;
using Flows.Hub.Storage;

namespace Flows.Hub.Audit;

/// <summary>The last row that this server wrote.</summary>
public sealed record AuditMark(long Seq, string Hash)
{
    /// <summary><c>SEQ:HASH</c>, to be kept elsewhere.</summary>
    public override string ToString() => $"{Seq}:{Hash}";

    public static AuditMark? Parse(string? text) =>
        text?.Split(':') is [var seq, { Length: 64 } hash] && long.TryParse(seq, out var number) ? new AuditMark(number, hash) : null;
}

/// <summary>
/// The chain's end in a second place, the file <c>audit-head.json</c> of the data folder: without it a log whose last rows were taken
/// away would look whole. Written after the rows; a server that dies in between leaves an older head, which is in the chain too.
/// </summary>
public sealed class AuditHead(DataFolder data)
{
    private readonly Lock _gate = new();
    private readonly string _file = data.File("audit-head.json");
    private AuditMark? _last;

    /// <summary>Null when nothing was written yet.</summary>
    /// <exception cref="JsonException">The file is none of ours.</exception>
    public AuditMark? Read() => File.Exists(_file) ? JsonSerializer.Deserialize<AuditMark>(File.ReadAllText(_file), ContractJson.Options) : null;

    public void Keep(AuditRow row)
    {
        lock (_gate)
        {
            if (_last?.Seq >= row.Seq) return;
            _last = new AuditMark(row.Seq, row.Hash);
            using (var part = new FileStream(_file + ".part", FileMode.Create))
            {
                JsonSerializer.Serialize(part, _last, ContractJson.Options);
                part.Flush(flushToDisk: true);
            }
            File.Move(_file + ".part", _file, overwrite: true);
        }
    }
}
