namespace Flows.Designer.Canvas;

/// <summary>Cuts text to a width. SVG has no ellipsis, so widths are estimated: those of DejaVu Sans Bold, the widest font of the stack.</summary>
public static class TextWidth
{
    public static string Cut(string text, double pixels, double fontSize)
    {
        var room = pixels / fontSize;
        if (text.Sum(letter => Width(letter)) <= room) return text;
        room -= Width('…');
        var kept = 0;
        while (kept < text.Length && (room -= Width(text[kept])) >= 0) kept++;
        return text[..kept].TrimEnd() + "…";
    }

    // In units of the font's size.
    private static double Width(char letter) => letter switch
    {
        'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or ' ' or '!' => 0.36,
        'f' or 'r' or 't' or '(' or ')' or '[' or ']' or '-' or '/' or '·' => 0.48,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or '…' => 1.0,
        >= 'A' and <= 'Z' => 0.77,
        > '\u2e80' => 1.0,
        _ => 0.68,
    };
}
