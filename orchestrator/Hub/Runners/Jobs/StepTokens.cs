using System.Security.Cryptography;
using System.Text;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>Narrow tokens, one for each attempt of a step: signed, so that any orchestrator of the storage knows them.</summary>
public sealed class StepTokens(IDbContextFactory<FlowsDb> databases)
{
    private readonly Lazy<byte[]> _secret = new(() => Secret(databases));

    public string Of(JobKey job) => $"step.{job}.{Sign(job)}";

    /// <summary>The job that a token was made for; null for any other text.</summary>
    public JobKey? JobOf(string? token)
    {
        if (token is null || !token.StartsWith("step.", StringComparison.Ordinal) || token.LastIndexOf('.') is var dot && dot < 5) return null;
        return JobKey.Parse(token[5..dot]) is { } job && Same(Sign(job), token[(dot + 1)..]) ? job : null;
    }

    /// <summary>Compares two secrets in a time that says nothing about them.</summary>
    public static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    private string Sign(JobKey job) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret.Value, Encoding.UTF8.GetBytes(job.ToString())));

    // Two orchestrators may come here at once: the first one's secret is everybody's.
    private static byte[] Secret(IDbContextFactory<FlowsDb> databases)
    {
        using var db = databases.CreateDbContext();
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        db.Database.ExecuteSql($"""INSERT INTO step_secrets ("Id", "Secret", "ProjectId", "Author") VALUES ('steps', {made}, 'default', 'local') ON CONFLICT DO NOTHING""");
        return Convert.FromHexString(db.Set<StepSecretRow>().AsNoTracking().Single(row => row.Id == "steps").Secret);
    }
}
