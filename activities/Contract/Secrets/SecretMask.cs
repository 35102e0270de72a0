using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Secrets;

/// <summary>
/// Replaces the values of the secrets that a step was given, in whatever it says, by <c>•••</c>: as they are and in the encodings of
/// <see cref="SecretForms"/>, line by line, and the beginning of one that a text was cut in. What a program does to a value beyond that
/// (compresses it, encrypts it, prints it letter by letter) is not recognised. Safe for several threads.
/// </summary>
public sealed class SecretMask
{
    /// <summary>What stands for a value.</summary>
    public const string Shown = "•••";

    /// <summary>Fewest characters of a secret: what is shorter would be found in ordinary words.</summary>
    public const int Shortest = 4;

    private readonly Lock _gate = new();
    private Known _known = new([], []);

    public bool IsEmpty => _known.Forms.Length == 0;

    /// <summary>From now on the value is masked.</summary>
    public void Add(string value)
    {
        lock (_gate) _known = new Known(Sorted([.. _known.Whole, .. Values(value).SelectMany(SecretForms.Whole)]), Sorted([.. _known.Forms, .. Values(value).SelectMany(one => SecretForms.Whole(one).Concat(SecretForms.Pieces(one)))]));
    }

    public string Text(string text)
    {
        var known = _known;
        if (known.Forms.Length == 0 || text.Length < Shortest) return text;
        if (text.AsSpan().ContainsAny(known.Search))
        {
            foreach (var form in known.Forms) text = text.Replace(form, Shown, StringComparison.Ordinal);
        }
        return text.Contains('…', StringComparison.Ordinal) ? WithoutBeginnings(text, known.Forms) : text;
    }

    /// <summary>The value with every text in it masked, names of properties too; a number that is a secret becomes a text.</summary>
    public JsonNode? Json(JsonNode? node) => IsEmpty ? node : node switch
    {
        null => null,
        JsonObject json => new JsonObject(json.DistinctBy(pair => Text(pair.Key)).Select(pair => KeyValuePair.Create(Text(pair.Key), Json(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Json)]),
        _ when node.GetValueKind() is JsonValueKind.String or JsonValueKind.Number && node.AsText() is { } text && Text(text) is var masked && masked != text => JsonValue.Create(masked),
        _ => node.DeepClone(),
    };

    /// <summary>Whether bytes hold a value in plain or in one of its encodings; compressed or encrypted ones are not looked into.</summary>
    public async Task<bool> IsInAsync(Stream bytes, CancellationToken cancellation)
    {
        var forms = _known.Whole.Select(form => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(form))).ToArray();
        if (forms.Length == 0) return false;
        var (search, overlap) = (SearchValues.Create(forms, StringComparison.Ordinal), forms[0].Length);
        var (buffer, kept) = (new byte[Math.Max(256 * 1024, 2 * overlap)], 0);
        for (int read; (read = await bytes.ReadAsync(buffer.AsMemory(kept), cancellation)) > 0;)
        {
            if (Encoding.Latin1.GetString(buffer, 0, kept + read).AsSpan().ContainsAny(search)) return true;
            var all = kept + read;
            kept = Math.Min(overlap, all);
            buffer.AsSpan(all - kept, kept).CopyTo(buffer);
        }
        return false;
    }

    // What is cut ends in "…": the cut may have gone through a value.
    private static string WithoutBeginnings(string text, string[] forms)
    {
        for (var cut = text.IndexOf('…', StringComparison.Ordinal); cut >= 0; cut = text.IndexOf('…', cut + 1))
        {
            var length = forms.Select(form => Beginning(text, cut, form)).Max();
            if (length == 0) continue;
            text = string.Concat(text.AsSpan(0, cut - length), Shown, text.AsSpan(cut));
            cut += Shown.Length - length;
        }
        return text;
    }

    private static int Beginning(string text, int cut, string form)
    {
        for (var length = Math.Min(form.Length - 1, cut); length >= Shortest; length--)
        {
            if (string.CompareOrdinal(text, cut - length, form, 0, length) == 0) return length;
        }
        return 0;
    }

    // A secret that is JSON (headers, an account's key) is also its parts.
    private static IEnumerable<string> Values(string value)
    {
        yield return value;
        if (Parsed(value) is not { } json) yield break;
        foreach (var part in Parts(json).Where(part => part.Length >= Shortest && part != value)) yield return part;
    }

    private static JsonNode? Parsed(string value)
    {
        try { return value.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(value) : null; }
        catch (JsonException) { return null; }
    }

    private static IEnumerable<string> Parts(JsonNode? json) => json switch
    {
        JsonObject named => named.SelectMany(pair => Parts(pair.Value)),
        JsonArray list => list.SelectMany(Parts),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => [text.GetValue<string>()],
        _ => [],
    };

    private static string[] Sorted(IEnumerable<string> forms) => [.. forms.Where(form => form.Length >= Shortest).Distinct().OrderByDescending(form => form.Length)];

    /// <param name="Whole">Forms of whole values, longest first.</param>
    /// <param name="Forms">Those and their pieces.</param>
    private sealed record Known(string[] Whole, string[] Forms)
    {
        public SearchValues<string> Search { get; } = SearchValues.Create(Forms, StringComparison.Ordinal);
    }
}
