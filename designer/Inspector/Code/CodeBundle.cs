namespace Flows.Designer.Inspector.Code;

/// <summary>The large code editor is one script made of npm's CodeMirror by <c>designer/code-editor/bundle</c>. A build without it has plain text boxes.</summary>
public static class CodeBundle
{
    public const string Path = "./lib/code-editor.js";

    // Asked of the build: a browser that asks for a file that is not there writes an error into its console.
#if CODE_EDITOR
    public static bool IsThere => true;
#else
    public static bool IsThere => false;
#endif
}
