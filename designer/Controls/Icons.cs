namespace Flows.Designer.Controls;

/// <summary>Line drawings on a 20 × 20 grid, stroked with the text's colour.</summary>
public static class Icons
{
    public static IReadOnlyDictionary<string, string> Shapes { get; } = new Dictionary<string, string>
    {
        ["flow"] = "M2.5 3.5h5v4h-5zM12.5 12.5h5v4h-5zM7.5 5.5h2.5v9h2.5",
        ["run"] = "M6 4l9.5 6L6 16z",
        ["library"] = "M3.5 4v12.5M7.5 4v12.5M11 4.4l4.2 12",
        ["model"] = "M10 2.5l6.5 3.6v7.8L10 17.5l-6.5-3.6V6.1zM3.5 6.1L10 10l6.5-3.9M10 10v7.5",
        ["deployment"] = "M10 3v9.5M6.5 6.5L10 3l3.5 3.5M3.5 12v4.5h13V12",
        ["sun"] = "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M15.8 4.2l-1.2 1.2M5.4 14.6l-1.2 1.2",
        ["moon"] = "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
        ["lock"] = "M4.5 9h11v7.5h-11zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v1.8",
        ["plus"] = "M10 4v12M4 10h12",
        ["close"] = "M5 5l10 10M15 5L5 15",
        ["check"] = "M4 10.5l4 4 8-9",
        ["search"] = "M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6M12.7 12.7l4 4",
        ["upload"] = "M10 13V3.5M6.5 7L10 3.5 13.5 7M3.5 13v3.5h13V13",
        ["download"] = "M10 3.5V13M6.5 9.5L10 13l3.5-3.5M3.5 13v3.5h13V13",
        ["trash"] = "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
        ["more"] = "M4.5 10h.01M10 10h.01M15.5 10h.01",
        ["copy"] = "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
        ["stop"] = "M5 5h10v10H5z",
        ["again"] = "M16 10a6 6 0 1 1-1.8-4.3M16 3v3.5h-3.5",
        ["clock"] = "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l2.8 1.8",
        ["table"] = "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
        ["picture"] = "M3 4h14v12H3zM3 13.5l4-4 3.5 3.5 2.5-2.5 4 4M12.8 7.3h.01",
        ["file"] = "M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5",
        ["figures"] = "M3.5 16.5v-5M8 16.5V7M12.3 16.5V10M16.5 16.5v-13",
        ["open"] = "M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7",
        ["back"] = "M12 4.5L6.5 10l5.5 5.5",
        ["warning"] = "M10 3l7.5 13.5h-15zM10 8v4M10 14.3v.01",
        ["undo"] = "M7 4L3.5 7.5 7 11M3.5 7.5H12a4.5 4.5 0 0 1 0 9H8",
        ["redo"] = "M13 4l3.5 3.5L13 11M16.5 7.5H8a4.5 4.5 0 0 0 0 9h4",
        ["fit"] = "M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M7 8h6v4H7z",
        ["keys"] = "M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.7h7",
        ["bolt"] = "M11 2.5L4.5 11.5H9L8.5 17.5 15.5 8.5H11z",
        ["up"] = "M4.5 12.5L10 7l5.5 5.5",
        ["down"] = "M4.5 7.5L10 13l5.5-5.5",
        ["code"] = "M6.5 5.5L2.5 10l4 4.5M13.5 5.5l4 4.5-4 4.5M11.5 4l-3 12",
        ["edit"] = "M4 16l.8-3.6L13 4.2a1.6 1.6 0 0 1 2.3 0l.5.5a1.6 1.6 0 0 1 0 2.3L7.6 15.2z",
    };
}
