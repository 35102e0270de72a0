using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Microsoft.AspNetCore.DataProtection;

namespace Flows.Hub.Audit;

/// <summary>How rows are linked: each holds SHA-256 over what it says and the hash of the row before.</summary>
public static class AuditChain
{
    /// <summary>What the first row follows.</summary>
    public static readonly string Start = new('0', 64);

    /// <summary>SHA-256, as hex, of the JSON array <c>[seq, ticks, actor, action, kind, thing, project, address, status, details, previous]</c> in UTF-8; ticks are .NET's, of UTC, and details a text.</summary>
    public static string HashOf(AuditRow row) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(new JsonArray(
        row.Seq, row.At.UtcTicks, row.Author, row.Action, row.Kind, row.Thing, row.ProjectId, row.Address, row.Status, row.Details, row.Previous).ToJsonString(ContractJson.Options))));
}

/// <summary>Says of a hash that a server wrote it: it is encrypted with the key ring, which a database alone does not have.</summary>
public sealed class AuditSeal(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Flows.Audit");

    public string Of(string hash) => _protector.Protect(hash);

    public bool Fits(string hash, string seal)
    {
        try { return _protector.Unprotect(seal) == hash; }
        catch (CryptographicException) { return false; }
    }
}
