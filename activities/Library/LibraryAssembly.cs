namespace Flows.Library;

/// <summary>Marks the assembly of the built-in activities.</summary>
public static class LibraryAssembly;
