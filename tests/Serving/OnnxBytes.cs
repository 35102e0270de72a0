using System.Text;

namespace Flows.Tests.Serving;

/// <summary>Writes an ONNX graph of one matrix product and one sum (field numbers of onnx.proto3): no package here writes ONNX.</summary>
internal static class OnnxBytes
{
    /// <summary><c>y = x · weights + bias</c> over rows of as many numbers as there are weights.</summary>
    public static byte[] Line(float[] weights, float bias) => Message(
        Number(1, 8),
        Part(7, Message(
            Part(1, Node("MatMul", "product", "x", "w")),
            Part(1, Node("Add", "y", "product", "b")),
            Part(2, "line"u8.ToArray()),
            Part(5, Floats("w", [weights.Length, 1], weights)),
            Part(5, Floats("b", [1], [bias])),
            Part(11, Value("x", weights.Length)),
            Part(12, Value("y", 1)))),
        Part(8, Message(Number(2, 13))));

    private static byte[] Node(string operation, string output, params string[] inputs) => Message(
        [.. inputs.Select(input => Part(1, Encoding.UTF8.GetBytes(input))), Part(2, Encoding.UTF8.GetBytes(output)), Part(4, Encoding.UTF8.GetBytes(operation))]);

    private static byte[] Floats(string name, int[] shape, float[] values) => Message(
        [.. shape.Select(size => Number(1, size)), Number(2, 1), Part(4, [.. values.SelectMany(BitConverter.GetBytes)]), Part(8, Encoding.UTF8.GetBytes(name))]);

    private static byte[] Value(string name, int width) => Message(
        Part(1, Encoding.UTF8.GetBytes(name)),
        Part(2, Message(Part(1, Message(
            Number(1, 1),
            Part(2, Message(Part(1, Message(Part(2, "rows"u8.ToArray()))), Part(1, Message(Number(1, width))))))))));

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Part(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value > 127; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
