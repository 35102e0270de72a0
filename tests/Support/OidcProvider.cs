using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flows.Tests.Support;

/// <summary>
/// An OpenID Connect provider over HTTP (Core 1.0, code flow with PKCE, RS256): discovery, keys, authorization that signs the
/// configured person in, token endpoint that takes each code once, from the right client with the right verifier. Its tokens
/// are written by hand, not by the library that checks them; each of its vices can be switched on.
/// </summary>
public sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "flows";
    public const string ClientSecret = "the client's secret";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, IQueryCollection> _codes = [];
    private readonly WebApplication _app;

    private OidcProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public string Subject { get; set; } = "s-1";

    public string Name { get; set; } = "ann";

    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>Changes claims of the token before it is signed.</summary>
    public Action<JsonObject>? Bend { get; set; }

    /// <summary>Signs with a key that the provider does not publish.</summary>
    public bool SignsWithAnotherKey { get; set; }

    public int Tokens { get; private set; }

    public static async Task<OidcProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new OidcProvider(app);
        app.MapGet("/.well-known/openid-configuration", provider.Discovery);
        app.MapGet("/jwks", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    private JsonObject Discovery() => new()
    {
        ["issuer"] = Url, ["authorization_endpoint"] = $"{Url}/authorize", ["token_endpoint"] = $"{Url}/token", ["jwks_uri"] = $"{Url}/jwks",
        ["response_types_supported"] = new JsonArray("code"), ["subject_types_supported"] = new JsonArray("public"), ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"), ["code_challenge_methods_supported"] = new JsonArray("S256"),
    };

    private JsonObject Keys()
    {
        var open = _key.ExportParameters(false);
        return new() { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = "k", ["n"] = Encode(open.Modulus!), ["e"] = Encode(open.Exponent!) }) };
    }

    private IResult Authorize(HttpRequest request)
    {
        var asked = request.Query;
        if (asked["client_id"] != ClientId || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256" || asked["code_challenge"].Count == 0 || asked["nonce"].Count == 0 || !asked["scope"].ToString().Split(' ').Contains("openid"))
            return Results.BadRequest("not an authorization request of this client");
        var code = Encode(RandomNumberGenerator.GetBytes(16));
        _codes[code] = asked;
        return Results.Redirect($"{asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(asked["state"].ToString())}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret) return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        if (!_codes.TryRemove(form["code"].ToString(), out var asked) || form["redirect_uri"] != asked["redirect_uri"]
            || Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"])
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        Tokens++;
        return Results.Json(new { access_token = "opaque", token_type = "Bearer", expires_in = 300, id_token = IdToken(asked["nonce"].ToString()) });
    }

    private string IdToken(string nonce)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Url, ["sub"] = Subject, ["aud"] = ClientId, ["iat"] = now, ["exp"] = now + 300, ["nonce"] = nonce, ["preferred_username"] = Name, ["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)group)]) };
        Bend?.Invoke(claims);
        var text = Encode("""{"alg":"RS256","typ":"JWT","kid":"k"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        using var another = RSA.Create(2048);
        return text + "." + Encode((SignsWithAnotherKey ? another : _key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _key.Dispose();
    }
}
