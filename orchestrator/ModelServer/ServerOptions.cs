namespace Flows.ModelServer;

/// <summary>The command line of <c>flows-model-server</c>.</summary>
public sealed record ServerOptions
{
    public const string Usage = """
        flows-model-server --model PATH --facts FILE --name NAME [--version N] [--urls URL]
                           [--alias NAME]… [--log FILE] [--ready FILE] [--instance TOKEN] [--python PATH] [--max-body BYTES]
        """;

    /// <summary>Model file or folder.</summary>
    public string Model { get; private set; } = "";

    /// <summary>JSON file with the model's facts: format, task, label, features, classes.</summary>
    public string Facts { get; private set; } = "";

    public string Name { get; private set; } = "";

    public int Version { get; private set; } = 1;

    /// <summary>Address to listen on. Port 0 takes a free one. Default http://127.0.0.1:0.</summary>
    public string Urls { get; private set; } = "http://127.0.0.1:0";

    /// <summary>Names the model answers to besides its own and <c>model</c>.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>File for the log, at most 1 MB and one older part; standard output when null.</summary>
    public string? Log { get; private set; }

    /// <summary>File that gets the address once the server answers.</summary>
    public string? Ready { get; private set; }

    /// <summary>Given back by <c>GET /v2</c>, so that whoever started the server knows it again.</summary>
    public string Instance { get; private set; } = "";

    /// <summary>Python for scikit-learn models; looked for when null.</summary>
    public string? Python { get; private set; }

    /// <summary>Largest request body in bytes. Default 32 MB.</summary>
    public long MaxBody { get; private set; } = 32 << 20;

    public bool AnswersTo(string name) => name == Name || name == "model" || Aliases.Contains(name);

    /// <summary>The options, or null and what is wrong with them.</summary>
    public static ServerOptions? Read(string[] arguments, out string? problem)
    {
        var options = new ServerOptions();
        problem = arguments.Length % 2 == 1 ? $"{arguments[^1]} has no value" : null;
        for (var i = 0; problem is null && i < arguments.Length; i += 2)
            if (!options.Take(arguments[i], arguments[i + 1]))
                problem = $"cannot use {arguments[i]} {arguments[i + 1]}";
        if (problem is null && (options.Model.Length == 0 || options.Facts.Length == 0 || options.Name.Length == 0))
            problem = "--model, --facts and --name are needed";
        return problem is null ? options : null;
    }

    private bool Take(string key, string value)
    {
        switch (key)
        {
            case "--model": Model = value; return true;
            case "--facts": Facts = value; return true;
            case "--name": Name = value; return true;
            case "--urls": Urls = value; return true;
            case "--alias": Aliases.Add(value); return true;
            case "--log": Log = value; return true;
            case "--ready": Ready = value; return true;
            case "--instance": Instance = value; return true;
            case "--python": Python = value; return true;
            case "--version": return int.TryParse(value, out var version) && (Version = version) > 0;
            case "--max-body": return long.TryParse(value, out var bytes) && (MaxBody = bytes) > 0;
            default: return false;
        }
    }
}
