using System.Text;
using System.Text.Json;

namespace Flows.Hub.Flows;

/// <summary>A version as it is handed out, without making objects of it: three properties are no reason to read and write thousands of activities again.</summary>
public static class StampedFlow
{
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = Contract.ContractJson.MaxDepth };

    /// <summary>UTF-8 of the stored JSON with <c>version</c>, <c>isLatest</c> and <c>isPublished</c> as <paramref name="row"/> has them; all else byte for byte.</summary>
    public static byte[] Of(FlowVersionRow row, bool isLatest)
    {
        var stored = Encoding.UTF8.GetBytes(row.Json);
        var stamps = new Dictionary<string, string> { ["version"] = $"{row.Version}", ["isLatest"] = Word(isLatest), ["isPublished"] = Word(row.IsPublished) };
        using var text = new MemoryStream(stored.Length + 64);
        var reader = new Utf8JsonReader(stored, Reading);
        var copied = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var stamp = stamps.Remove(reader.GetString()!, out var known) ? known : null;
            reader.Read();
            var begins = (int)reader.TokenStartIndex;
            reader.Skip();
            if (stamp is null) continue;
            text.Write(stored, copied, begins - copied);
            text.Write(Encoding.UTF8.GetBytes(stamp));
            copied = (int)reader.BytesConsumed;
        }
        // Now at the brace that ends it; a flow has a root at least, so that a comma is never the first.
        var end = (int)reader.TokenStartIndex;
        text.Write(stored, copied, end - copied);
        foreach (var (name, value) in stamps) text.Write(Encoding.UTF8.GetBytes($",\"{name}\":{value}"));
        text.Write(stored, end, stored.Length - end);
        return text.ToArray();
    }

    private static string Word(bool flag) => flag ? "true" : "false";
}
