return await Flows.Hub.Cli.CommandLine.RunAsync(args);
