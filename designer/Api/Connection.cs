using System.Net;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Api;

/// <summary>Whether the server answers. Pages show a banner while it does not and load again when it is back.</summary>
public sealed class Connection
{
    public bool IsLost { get; private set; }

    public event Action? Changed;

    /// <summary>The server answers again.</summary>
    public event Action? Healed;

    public void Lost()
    {
        if (IsLost) return;
        IsLost = true;
        Changed?.Invoke();
    }

    public void Found()
    {
        if (!IsLost) return;
        IsLost = false;
        Changed?.Invoke();
        Healed?.Invoke();
    }
}

/// <summary>Watches every request; once one gets no answer, asks for the server's health until it is back.</summary>
public sealed class ConnectionWatch(Connection connection, NavigationManager pages) : DelegatingHandler(new HttpClientHandler())
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            var answer = await base.SendAsync(request, cancellation);
            connection.Found();
            // The session is over: signing in leads back to this page.
            if (answer.StatusCode == HttpStatusCode.Unauthorized) pages.NavigateTo($"signin?return={Uri.EscapeDataString("/" + pages.ToBaseRelativePath(pages.Uri))}", forceLoad: true);
            return answer;
        }
        catch (HttpRequestException) when (!connection.IsLost)
        {
            connection.Lost();
            _ = HealAsync(new Uri(request.RequestUri!, "/health"));
            throw;
        }
    }

    private async Task HealAsync(Uri health)
    {
        while (connection.IsLost)
        {
            await Task.Delay(Pause, CancellationToken.None);
            try
            {
                using var answer = await base.SendAsync(new HttpRequestMessage(HttpMethod.Get, health), CancellationToken.None);
                if (answer.IsSuccessStatusCode) connection.Found();
            }
            catch (HttpRequestException) { continue; }
        }
    }
}
