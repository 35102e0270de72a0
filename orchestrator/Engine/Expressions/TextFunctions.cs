using System.Text;
using Jint;
using Jint.Native;
using Jint.Runtime;

namespace Flows.Engine.Expressions;

/// <summary>Elsa's functions over texts, bytes and ids. Bytes are a Uint8Array; kept in a variable they are base64, which reads as bytes again.</summary>
internal static class TextFunctions
{
    public static IEnumerable<(string Name, Func<JsValue[], JsValue> Body)> Of(Jint.Engine engine) =>
    [
        ("isNullOrWhiteSpace", arguments => string.IsNullOrWhiteSpace(Text(arguments))),
        ("isNullOrEmpty", arguments => string.IsNullOrEmpty(Text(arguments))),
        ("newGuid", _ => Guid.NewGuid().ToString()),
        ("newGuidString", _ => Guid.NewGuid().ToString()),
        ("getGuidString", _ => Guid.NewGuid().ToString()),
        ("newShortGuid", _ => ShortGuid()),
        ("getShortGuid", _ => ShortGuid()),
        ("parseGuid", arguments => Guid.TryParse(Text(arguments), out var id) ? id.ToString() : throw Broken($"'{Text(arguments)}' is not a GUID")),
        ("bytesToString", arguments => Encoding.UTF8.GetString(Bytes(arguments))),
        ("bytesFromString", arguments => Js(engine, Encoding.UTF8.GetBytes(Text(arguments) ?? ""))),
        ("bytesToBase64", arguments => Convert.ToBase64String(Bytes(arguments))),
        ("bytesFromBase64", arguments => Js(engine, FromBase64(Text(arguments)))),
        ("stringToBase64", arguments => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(arguments) ?? ""))),
        ("stringFromBase64", arguments => Encoding.UTF8.GetString(FromBase64(Text(arguments)))),
    ];

    // The 16 bytes in base64, without what means something in a path.
    private static string ShortGuid() => Convert.ToBase64String(Guid.NewGuid().ToByteArray()).Replace("/", "").Replace("+", "").Replace("=", "");

    private static byte[] Bytes(JsValue[] arguments) => arguments.Length == 0 ? [] : arguments[0] switch
    {
        var text when text.IsString() => FromBase64(text.AsString()),
        var bytes when bytes.IsUint8Array() => bytes.AsUint8Array(),
        var list when list.IsArray() => [.. list.AsArray().Select(one => (byte)TypeConverter.ToUint32(one))],
        _ => throw Broken("expected bytes"),
    };

    private static byte[] FromBase64(string? text)
    {
        try { return Convert.FromBase64String(text ?? ""); }
        catch (FormatException) { throw Broken("the text is not base64"); }
    }

    private static JsValue Js(Jint.Engine engine, byte[] bytes) => engine.Intrinsics.Uint8Array.Construct(bytes);

    private static string? Text(JsValue[] arguments) => arguments.Length == 0 || arguments[0].IsNull() || arguments[0].IsUndefined() ? null : arguments[0].ToString();

    private static JavaScriptException Broken(string message) => new(message);
}
