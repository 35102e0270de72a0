using System.Text.RegularExpressions;

namespace Flows.Designer.Controls;

public enum MarkdownKind { Paragraph, Heading, Item, Quote, Code, Rule }

/// <summary>A block of a Markdown text. <paramref name="Level"/>: of a heading 1 to 4.</summary>
public sealed record MarkdownBlock(MarkdownKind Kind, string Text, int Level = 0);

/// <summary>A run of text within a block.</summary>
/// <param name="Address">Of a link: http, https or mailto only.</param>
public sealed record MarkdownSpan(string Text, bool Strong = false, bool Emphasis = false, bool Code = false, string? Address = null);

/// <summary>
/// The part of Markdown that notes need. It gives blocks and runs of text, never HTML: whatever a note says is drawn as text, so nothing in it can execute.
/// </summary>
public static partial class Markdown
{
    /// <summary>Longer texts are cut for drawing: a note of megabytes would stop the page.</summary>
    public const int Longest = 8_000;

    public static IReadOnlyList<MarkdownBlock> Blocks(string text)
    {
        var blocks = new List<MarkdownBlock>();
        var code = false;
        foreach (var line in (text.Length > Longest ? text[..Longest] + "…" : text).ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) code = !code;
            else if (code) Join(blocks, MarkdownKind.Code, line, "\n");
            else Add(blocks, line);
        }
        return [.. blocks.Where(block => block.Kind == MarkdownKind.Rule || block.Text.Length > 0)];
    }

    public static IEnumerable<MarkdownSpan> Spans(string text)
    {
        var at = 0;
        foreach (Match match in Inline().Matches(text))
        {
            if (match.Index > at) yield return new MarkdownSpan(text[at..match.Index]);
            yield return Span(match);
            at = match.Index + match.Length;
        }
        if (at < text.Length) yield return new MarkdownSpan(text[at..]);
    }

    private static void Add(List<MarkdownBlock> blocks, string line)
    {
        var bare = line.TrimStart();
        if (bare.Length == 0) blocks.Add(new MarkdownBlock(MarkdownKind.Paragraph, ""));
        else if (bare is "---" or "***") blocks.Add(new MarkdownBlock(MarkdownKind.Rule, ""));
        else if (Heading().Match(bare) is { Success: true } heading) blocks.Add(new MarkdownBlock(MarkdownKind.Heading, heading.Groups[2].Value, Math.Min(4, heading.Groups[1].Length)));
        else if (Item().Match(bare) is { Success: true } item) blocks.Add(new MarkdownBlock(MarkdownKind.Item, item.Groups[1].Value));
        else if (bare.StartsWith("> ", StringComparison.Ordinal)) Join(blocks, MarkdownKind.Quote, bare[2..], " ");
        else Join(blocks, MarkdownKind.Paragraph, bare, " ");
    }

    private static void Join(List<MarkdownBlock> blocks, MarkdownKind kind, string line, string between)
    {
        if (blocks is [.., { } last] && last.Kind == kind && last.Text.Length > 0) blocks[^1] = last with { Text = last.Text + between + line };
        else blocks.Add(new MarkdownBlock(kind, line));
    }

    private static MarkdownSpan Span(Match match) => match switch
    {
        _ when match.Groups["code"].Success => new MarkdownSpan(match.Groups["code"].Value, Code: true),
        _ when match.Groups["strong"].Success => new MarkdownSpan(match.Groups["strong"].Value, Strong: true),
        _ when match.Groups["emphasis"].Success => new MarkdownSpan(match.Groups["emphasis"].Value, Emphasis: true),
        _ => new MarkdownSpan(match.Groups["label"].Value, Address: match.Groups["address"].Value),
    };

    [GeneratedRegex(@"`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|(?<![\w*])[*_](?<emphasis>[^*_]+)[*_](?![\w*])|\[(?<label>[^\]]+)\]\((?<address>(?:https?://|mailto:)[^)\s]+)\)")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^(#{1,6})\s+(.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?:[-*+]|\d+[.)])\s+(.*)$")]
    private static partial Regex Item();
}
