using Flows.Contract.Checks;
using Flows.Contract.Flows;

namespace Flows.Hub.Library;

/// <summary>What somebody says of a flow that is shared: all that is wrong with it at once.</summary>
internal static class ShareChecks
{
    private const int LongestNotes = 2000, MostTags = 12, LongestTag = 40;

    public static IReadOnlyList<FlowProblem> Of(ShareRequest asked) =>
    [
        .. Wrong(asked.Notes.Length > LongestNotes, "notes", $"The notes have more than {LongestNotes} characters.", "Say what is new in this version, no more."),
        .. Wrong(TagsOf(asked).Count > MostTags, "tags", $"There are more than {MostTags} tags.", "Keep those that people search by."),
        .. Wrong(TagsOf(asked).Any(tag => tag.Length > LongestTag || tag.Any(char.IsControl)), "tags", $"A tag has more than {LongestTag} characters, or characters that nobody sees.", "Use one to three words."),
        .. Wrong(asked.Category.Trim() is var category && (category.Length > LongestTag || category.Any(char.IsControl)), "category", $"The category has more than {LongestTag} characters, or characters that nobody sees.", "Use one or two words."),
    ];

    /// <summary>Without spaces around them, empty ones and those that are said twice.</summary>
    public static IReadOnlyList<string> TagsOf(ShareRequest asked) =>
        [.. asked.Tags.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static FlowProblem[] Wrong(bool isWrong, string field, string message, string fix) =>
        isWrong ? [new FlowProblem(ProblemLevel.Error, "bad-share", null, field, message, fix)] : [];
}
