namespace Flows.Hub.Web;

/// <summary>Names that stand in addresses and queues: 1 to 60 lower-case letters, digits and dashes.</summary>
internal static class PlainName
{
    public static bool Is(string name) => name.Length is > 0 and <= 60 && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
