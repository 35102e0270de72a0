using System.Text;
using QRCoder;

namespace Flows.Hub.Access.SigningIn;

/// <summary>Draws a text as a QR code that an app's camera reads.</summary>
internal static class QrCode
{
    public static QrPicture Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var (path, rows) = (new StringBuilder(), code.ModuleMatrix);
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                if (rows[y][x]) path.Append($"M{x} {y}h1v1h-1z");
            }
        }
        return new QrPicture(rows.Count, path.ToString());
    }
}
