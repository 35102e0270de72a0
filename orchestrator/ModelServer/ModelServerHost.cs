using System.Diagnostics.CodeAnalysis;
using Flows.ModelServer.Models;
using Flows.ModelServer.Protocols;
using Flows.ModelServer.Rows;

namespace Flows.ModelServer;

/// <summary>The server as a table of contents.</summary>
internal static class ModelServerHost
{
    public static WebApplication Build(ServerOptions options, IServedModel model)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBody;
            kestrel.AddServerHeader = false;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        var serving = new Serving(options, model, new RowReader(model.Facts.Features));
        app.UseErrorAnswers();
        app.MapOpenInference(serving);
        app.MapTensorFlowServing(serving);
        app.MapMlflowScoring(serving);
        return app;
    }
}

/// <summary>What every protocol answers from.</summary>
internal sealed record Serving(ServerOptions Options, IServedModel Model, RowReader Reader)
{
    public ModelFacts Facts => Model.Facts;

    /// <exception cref="RequestFault">404: another model or version.</exception>
    public void Require(string? name, string? version)
    {
        if (name is not null && !Options.AnswersTo(name)) throw new RequestFault($"there is no model \"{name}\" here; this is \"{Options.Name}\"", 404);
        if (version is not null && version != $"{Options.Version}")
            throw new RequestFault($"model \"{Options.Name}\" has no version {version} here; this is version {Options.Version}", 404);
    }
}
