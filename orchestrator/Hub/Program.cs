var app = WebApplication.Create(args);
app.MapGet("/health", () => Results.Ok(new { status = "healthy" }));
app.Run();
