using Flows.Contract.Secrets;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<SecretSummary>> SecretsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SecretSummary>>("api/secrets", cancellation);

    public Task PutSecretAsync(string name, string value, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, $"api/secrets/{Escape(name)}") { Content = ToJson(new SecretValue { Value = value }) }, cancellation);

    public Task DeleteSecretAsync(string name, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/secrets/{Escape(name)}"), cancellation);
}
