using Flows.ModelServer;
using Flows.ModelServer.Models;
using Flows.ModelServer.Protocols;

if (ServerOptions.Read(args, out var problem) is not { } options)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(ServerOptions.Usage);
    return 2;
}
OwnSession.Begin();
using var log = OwnLog.Open(options.Log);
try
{
    await using var model = await ServedModels.LoadAsync(options);
    await using var app = ModelServerHost.Build(options, model);
    await app.StartAsync();
    ReadyNote.Write(options, app.Urls.First());
    await app.WaitForShutdownAsync();
    return 0;
}
catch (ModelFault fault)
{
    Console.Error.WriteLine($"cannot serve {options.Name}: {fault.Message}");
    return 1;
}
catch (IOException failure)
{
    Console.Error.WriteLine($"cannot listen on {options.Urls}: {failure.Message}");
    return 1;
}
