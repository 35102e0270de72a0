using Flows.Hub;

var options = new HubOptions { Urls = args.ElementAtOrDefault(1) ?? "http://127.0.0.1:5100", Data = args.ElementAtOrDefault(0) ?? "data" };
await HubHost.Build(options).RunAsync();
return 0;
