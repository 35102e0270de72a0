using Flows.Contract.Access;
using Flows.Designer.Shell;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<Me> MeAsync(CancellationToken cancellation = default) => GetAsync<Me>("api/me", cancellation);

    public Task<Account> AccountAsync(CancellationToken cancellation = default) => GetAsync<Account>("api/me/account", cancellation);

    public Task ChangePasswordAsync(PasswordChange change, CancellationToken cancellation = default) => PutAsync("api/me/password", change, cancellation);

    public Task<AuthenticatorKey> BeginAuthenticatorAsync(CancellationToken cancellation = default) => PostAsync<AuthenticatorKey>("api/me/authenticator", null, cancellation);

    public async Task<NewRecoveryCodes> ConfirmAuthenticatorAsync(string code, CancellationToken cancellation = default) =>
        await ReadAsync<NewRecoveryCodes>(await PutAsync("api/me/authenticator", new AuthenticatorCode(code), cancellation), cancellation);

    public Task<NewRecoveryCodes> NewRecoveryCodesAsync(string password, CancellationToken cancellation = default) =>
        PostAsync<NewRecoveryCodes>("api/me/recovery-codes", new RecoveryRequest(password), cancellation);

    public Task<IReadOnlyList<PersonSummary>> PeopleAsync(CancellationToken cancellation = default) => GetAsync<IReadOnlyList<PersonSummary>>("api/people", cancellation);

    public Task<PersonSummary> CreatePersonAsync(NewPerson person, CancellationToken cancellation = default) => PostAsync<PersonSummary>("api/people", person, cancellation);

    public Task ChangePersonAsync(string name, PersonChange change, CancellationToken cancellation = default) => PutAsync($"api/people/{Escape(name)}", change, cancellation);

    public Task<Holdings> HoldingsAsync(string name, CancellationToken cancellation = default) => GetAsync<Holdings>($"api/people/{Escape(name)}/holdings", cancellation);

    public Task<Holdings> CloseAccountAsync(string name, string? handTo, CancellationToken cancellation = default) => PostAsync<Holdings>($"api/people/{Escape(name)}/close", new CloseRequest(handTo), cancellation);

    public Task<ProjectSummary> CreateProjectAsync(NewProject project, CancellationToken cancellation = default) => PostAsync<ProjectSummary>("api/projects", project, cancellation);

    public Task<IReadOnlyList<Member>> MembersAsync(string project, CancellationToken cancellation = default) => GetAsync<IReadOnlyList<Member>>($"api/projects/{Escape(project)}/members", cancellation);

    public Task SetMemberAsync(string project, Member member, CancellationToken cancellation = default) => PutAsync(PathOf(project, member), new MemberRequest(member.Role), cancellation);

    public Task RemoveMemberAsync(string project, Member member, CancellationToken cancellation = default) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, PathOf(project, member)), cancellation);

    /// <summary>One's own and those of projects that one owns: of the shown project, or of all.</summary>
    public async Task<IReadOnlyList<TokenSummary>> TokensAsync(bool ofAll = false, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "api/tokens");
        if (ofAll) request.Options.Set(ProjectHeader.OfAll, true);
        return await ReadAsync<IReadOnlyList<TokenSummary>>(await SendAsync(request, cancellation), cancellation);
    }

    public Task<NewToken> CreateTokenAsync(string project, TokenRequest token, CancellationToken cancellation = default) => PostAsync<NewToken>($"api/tokens?project={Escape(project)}", token, cancellation);

    public async Task WithdrawTokenAsync(string id, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, $"api/tokens/{Escape(id)}");
        request.Options.Set(ProjectHeader.OfAll, true);
        await SendAsync(request, cancellation);
    }

    private Task<HttpResponseMessage> PutAsync(string path, object body, CancellationToken cancellation) => SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = ToJson(body) }, cancellation);

    private static string PathOf(string project, Member member) => $"api/projects/{Escape(project)}/members/{member.Kind.ToString().ToLowerInvariant()}/{Escape(member.Name)}";
}
