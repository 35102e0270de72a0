using Flows.Contract.Flows;

namespace Flows.Designer.Canvas.Presence;

/// <summary>How others are shown: a colour that stays theirs while the page is open, and what they are called.</summary>
public static class VisitorLook
{
    private static readonly string[] Colours = ["table", "image", "number", "model", "string", "metrics"];

    public static string Colour(Visitor visitor) => $"var(--flows-type-{Colours[visitor.Id.Aggregate(0, (sum, letter) => (sum * 31 + letter) & 0xffff) % Colours.Length]})";

    // Where nobody signs in there are no names: what is open there is another tab of one's own.
    public static string Name(Visitor visitor) => visitor.Name == "local" ? "Another tab" : visitor.Name;

    public static string Initials(Visitor visitor) => visitor.Name == "local" ? "2" : string.Concat(visitor.Name.Split([' ', '.', '-', '_'], StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => char.ToUpperInvariant(part[0])));
}
