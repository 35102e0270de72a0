using Flows.Contract.Access;
using Microsoft.JSInterop;

namespace Flows.Designer.Shell;

/// <summary>Who uses the designer, and the project whose things it shows; that choice is kept in the browser.</summary>
public sealed class Visit(IJSRuntime js)
{
    private const string Kept = "flows-project";

    public event Action? Changed;

    /// <summary>Null until the server has said it.</summary>
    public Me? Me { get; private set; }

    /// <summary>Id of the chosen project; null where there is nothing to choose: requests name none.</summary>
    public string? Project { get; private set; }

    /// <summary>Nobody signs in.</summary>
    public bool IsLocal => Me is null or { Mode: "local" };

    public bool IsAdministrator => Me?.IsAdministrator == true;

    /// <summary>The project that is shown, with one's role in it; null for somebody who is in none.</summary>
    public ProjectSummary? Here => Me?.Projects.FirstOrDefault(one => one.Id == Project) ?? Me?.Projects.FirstOrDefault();

    public bool HasChoice => !IsLocal || Me?.Projects.Count > 1;

    /// <summary>Whether one's role in the shown project is enough. What the server has not said yet is offered; the server decides.</summary>
    public bool May(Role role) => Me is null || Here?.Role >= role;

    public async Task BeginAsync(Me me)
    {
        var kept = await RememberedAsync();
        (Me, Project) = (me, Pick(me, kept));
        Changed?.Invoke();
    }

    public async Task ChooseAsync(string id)
    {
        Project = id;
        // A private window keeps nothing: the choice is for this page.
        try { await js.InvokeVoidAsync("localStorage.setItem", Kept, id); }
        catch (JSException) { return; }
        finally { Changed?.Invoke(); }
    }

    private static string? Pick(Me me, string? kept) => me.Projects switch
    {
        [] => null,
        [_] when me.Mode == "local" => null,
        var all when all.Any(one => one.Id == kept) => kept,
        var all => (all.FirstOrDefault(one => one.Id == "default") ?? all[0]).Id,
    };

    private async Task<string?> RememberedAsync()
    {
        try { return await js.InvokeAsync<string?>("localStorage.getItem", Kept); }
        catch (JSException) { return null; }
    }
}

/// <summary>Says with every request which project is shown.</summary>
public sealed class ProjectHeader(Visit visit, HttpMessageHandler next) : DelegatingHandler(next)
{
    /// <summary>Set for a request that is about all of one's projects.</summary>
    public static HttpRequestOptionsKey<bool> OfAll { get; } = new("all-projects");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (visit.Project is { } project && !request.Options.TryGetValue(OfAll, out _)) request.Headers.TryAddWithoutValidation("X-Flows-Project", project);
        return base.SendAsync(request, cancellationToken);
    }
}
