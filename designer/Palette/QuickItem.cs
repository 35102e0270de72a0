namespace Flows.Designer.Palette;

/// <summary>A line of a type-ahead list.</summary>
public sealed record QuickItem(string Key, string Name, string Note, string Icon, string Colour);
