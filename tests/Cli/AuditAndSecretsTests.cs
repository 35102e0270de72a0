using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Tests.Support;

namespace Flows.Tests.Cli;

/// <summary>The audit log and secrets from the command line. Each program costs seconds: one test for all.</summary>
public sealed class AuditAndSecretsTests : IDisposable
{
    private readonly FlowsProgram _flows = new();

    [Fact]
    public async Task A_secret_is_set_from_standard_input_and_the_log_is_verified_and_cut()
    {
        await using var hub = await TestHub.StartAsync();

        var set = await _flows.TellAsync("correct-horse\n", "secrets", "set", "api-token", "--server", hub.Url);
        Assert.True((set.Code, set.Output) == (0, ""), set.Error + set.Output);
        Assert.Equal(["api-token"], (await hub.Http.GetFromJsonAsync<JsonArray>("/api/secrets"))!.Select(secret => (string)secret!["name"]!));
        var listed = await _flows.RunAsync("secrets", "list", "--server", hub.Url);
        Assert.Equal((0, "api-token\n", ""), (listed.Code, listed.Output, listed.Error));
        var head = (string)(await hub.Http.GetFromJsonAsync<JsonObject>("/api/audit/verify"))!["head"]!;

        var good = await _flows.RunAsync("audit", "verify", "--head", head, "--server", hub.Url);
        Assert.Equal((0, $"1 rows are as they were written; the last of them is {head}\n"), (good.Code, good.Output));

        // An hour ago, by a clock that shows thirteen hours from now: nothing is that old.
        var elsewhere = TimeProvider.System.GetUtcNow().AddHours(-1).ToOffset(TimeSpan.FromHours(14));
        var early = await _flows.RunAsync("audit", "cut", "--before", elsewhere.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture), "--server", hub.Url);
        Assert.Equal(2, early.Code);
        Assert.Contains($"No row is older than {elsewhere.ToUniversalTime():u}", early.Error);

        var cut = await _flows.RunAsync("audit", "cut", "--before", "2999-01-01", "--server", hub.Url);
        Assert.Equal((0, "2 rows up to row 2 are gone\n", ""), (cut.Code, cut.Output, cut.Error));

        var deleted = await _flows.RunAsync("secrets", "delete", "api-token", "--server", hub.Url);
        Assert.True((deleted.Code, deleted.Output) == (0, ""), deleted.Error + deleted.Output);
        Assert.Equal("[]", await hub.Http.GetStringAsync("/api/secrets"));

        // The cut's own row, with a hash that it never had.
        var forged = await _flows.RunAsync("audit", "verify", "--head", $"3:{new string('0', 64)}", "--server", hub.Url);
        Assert.Equal(1, forged.Code);
        Assert.StartsWith("Row 3 ", forged.Error);
    }

    public void Dispose() => _flows.Dispose();
}
