using System.Net;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;

namespace Flows.Hub.Access.SigningIn;

/// <summary>A page with one form, made by the server: it needs nothing of the designer, and its one script only knows the chosen theme. Every text is escaped.</summary>
internal sealed class FormPage(string title, string action)
{
    private readonly StringBuilder _fields = new();

    public string? Problem { get; init; }

    public string? Note { get; init; }

    public required string Button { get; init; }

    public FormPage Field(string name, string label, string type = "text", string complete = "off", string? value = null)
    {
        _fields.Append($"""<label>{Escape(label)}<input name="{Escape(name)}" type="{type}" autocomplete="{complete}" value="{Escape(value ?? "")}" required></label>""");
        return this;
    }

    public FormPage Hidden(string name, string value)
    {
        _fields.Append($"""<input type="hidden" name="{Escape(name)}" value="{Escape(value)}">""");
        return this;
    }

    public FormPage Link(string text, string address)
    {
        _fields.Append($"""<a class="button" href="{Escape(address)}">{Escape(text)}</a>""");
        return this;
    }

    public IResult Show(HttpContext http, int status = StatusCodes.Status200OK)
    {
        var stamp = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
              <title>{Escape(title)} · Flows</title>
              <link rel="icon" href="/favicon.svg" type="image/svg+xml">
              <script src="/js/theme.js"></script>
              <link rel="stylesheet" href="/css/theme.css"><link rel="stylesheet" href="/css/controls.css"><link rel="stylesheet" href="/css/signin.css">
            </head>
            <body class="signin">
              <main>
                <p class="brand"><img src="/favicon.svg" alt="" width="28" height="28">Flows</p>
                <h1>{Escape(title)}</h1>
                {(Note is null ? "" : $"<p>{Escape(Note)}</p>")}
                {(Problem is null ? "" : $"""<p class="problem" role="alert">{Escape(Problem)}</p>""")}
                <form method="post" action="{Escape(action)}">
                  {_fields}
                  <input type="hidden" name="{stamp.FormFieldName}" value="{stamp.RequestToken}">
                  <button class="button primary" type="submit">{Escape(Button)}</button>
                </form>
              </main>
            </body>
            </html>
            """, "text/html", Encoding.UTF8, status);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
