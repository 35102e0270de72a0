var app = WebApplication.Create(args); app.MapGet("/v2/health/live", () => Results.Ok()); app.Run();
