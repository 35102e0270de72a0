using Flows.Designer;
using Flows.Designer.Api;
using Flows.Designer.Approvals;
using Flows.Designer.Controls;
using Flows.Designer.Shell;
using Flows.Designer.Shell.Rehearsals;
using Flows.Designer.Theme;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.RootComponents.Add<HeadOutlet>("head::after");

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Connection>();
builder.Services.AddSingleton<Toasts>();
builder.Services.AddSingleton<EventStreams>();
builder.Services.AddSingleton<ThemeChoice>();
builder.Services.AddSingleton<OpenApprovals>();
builder.Services.AddSingleton<Visit>();
builder.Services.AddSingleton<Rehearsal>();
builder.Services.AddSingleton(services => new FlowsApi(
    new HttpClient(new ProjectHeader(services.GetRequiredService<Visit>(), new ConnectionWatch(services.GetRequiredService<Connection>(), services.GetRequiredService<NavigationManager>()))) { BaseAddress = new Uri(builder.HostEnvironment.BaseAddress) }));

await builder.Build().RunAsync();
