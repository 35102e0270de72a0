namespace Flows.ModelServer;

/// <summary>Tells whoever started the server where it answers.</summary>
internal static class ReadyNote
{
    public static void Write(ServerOptions options, string url)
    {
        Console.Out.WriteLine($"ready {url}");
        Console.Out.Flush();
        if (options.Ready is not { } path) return;

        // Moved into place, so that a reader never sees half an address.
        File.WriteAllText(path + ".part", url);
        File.Move(path + ".part", path, overwrite: true);
    }
}
