using System.Net.Mime;
using System.Text.Json;
using Flows.ModelServer.Rows;
using Microsoft.Net.Http.Headers;

namespace Flows.ModelServer.Protocols;

/// <summary>MLflow's scoring server: <c>/invocations</c> with a data frame, instances, inputs or CSV.</summary>
internal static class MlflowScoring
{
    private static readonly string[] Forms = ["dataframe_split", "dataframe_records", "instances", "inputs"];

    public static void MapMlflowScoring(this WebApplication app, Serving serving)
    {
        app.MapGet("/ping", (HttpContext http) => HealthAsync(http, serving));
        app.MapGet("/health", (HttpContext http) => HealthAsync(http, serving));
        app.MapGet("/version", () => OpenInference.ProgramVersion);
        app.MapPost("/invocations", (HttpContext http) => InvokeAsync(http, serving));
    }

    private static Task HealthAsync(HttpContext http, Serving serving)
    {
        http.Response.StatusCode = serving.Model.IsReady ? 200 : 503;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("\n");
    }

    private static async Task InvokeAsync(HttpContext http, Serving serving)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType.Value is not (MediaTypeNames.Application.Json or MediaTypeNames.Text.Csv))
        {
            await RefuseAsync(http, $"This server takes application/json and text/csv, not \"{http.Request.ContentType}\"");
            return;
        }
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(http, "The scoring server only supports UTF-8");
            return;
        }
        var rows = type.MediaType == MediaTypeNames.Text.Csv ? await ReadCsvAsync(http, serving.Reader) : await ReadJsonAsync(http, serving.Reader);
        var prediction = await serving.Model.PredictAsync(rows);
        await http.WriteJsonAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WritePredictions("predictions", prediction, serving.Facts);
            writer.WriteEndObject();
        });
    }

    private static Task RefuseAsync(HttpContext http, string reason)
    {
        http.Response.StatusCode = 415;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(reason);
    }

    private static async Task<FeatureRows> ReadCsvAsync(HttpContext http, RowReader reader)
    {
        using var text = new StreamReader(http.Request.Body);
        return CsvRows.Read(reader, await text.ReadToEndAsync(http.RequestAborted));
    }

    private static async Task<FeatureRows> ReadJsonAsync(HttpContext http, RowReader reader)
    {
        using var body = await http.ReadJsonAsync();
        var given = Forms.Where(form => body.RootElement.TryGetProperty(form, out _)).ToList();
        if (given.Count != 1)
            throw new RequestFault($"the body must have exactly one of {string.Join(", ", Forms)}; it has {(given.Count == 0 ? "none" : string.Join(" and ", given))}");
        var data = body.RootElement.GetProperty(given[0]);
        if (given[0] == "dataframe_split") return Split(reader, data);
        if (given[0] == "dataframe_records" && (data.ValueKind != JsonValueKind.Array || data.EnumerateArray().Any(row => row.ValueKind != JsonValueKind.Object)))
            throw new RequestFault("\"dataframe_records\" must be a list of objects, one for each row");
        return reader.Read(data, given[0]);
    }

    private static FeatureRows Split(RowReader reader, JsonElement split)
    {
        if (split.ValueKind != JsonValueKind.Object || split.Field("data") is not { ValueKind: JsonValueKind.Array } data)
            throw new RequestFault("\"dataframe_split\" must be an object with \"columns\" and \"data\"");
        if (split.Field("columns") is not { } columns) return reader.Read(data, "dataframe_split.data");
        if (columns.ValueKind != JsonValueKind.Array) throw new RequestFault("\"columns\" of \"dataframe_split\" must be a list of names");
        return reader.Table([.. columns.EnumerateArray().Select(column => column.ToString())], data, "dataframe_split.data");
    }
}
