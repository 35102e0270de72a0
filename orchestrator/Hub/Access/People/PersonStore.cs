using Flows.Hub.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.People;

/// <summary>People as ASP.NET Core Identity sees them: it has the rules for names and passwords, we have the row.</summary>
public sealed class PersonStore(IDbContextFactory<FlowsDb> databases, IDataProtectionProvider protection)
    : IUserPasswordStore<PersonRow>, IUserSecurityStampStore<PersonRow>, IUserTwoFactorStore<PersonRow>, IUserAuthenticatorKeyStore<PersonRow>
{
    private static readonly string[] Counted = [nameof(PersonRow.FailedSignIns), nameof(PersonRow.LockedUntil), nameof(PersonRow.SignedInAt), nameof(PersonRow.CodeStep)];

    private readonly IDataProtector _keys = protection.CreateProtector("Flows.Authenticator");

    public async Task<IdentityResult> CreateAsync(PersonRow user, CancellationToken cancellation)
    {
        if (PersonRow.Reserved.Contains(user.Name, StringComparer.OrdinalIgnoreCase)) return IdentityResult.Failed(new IdentityError { Code = "Reserved", Description = $"Nobody can be called '{user.Name}': rows say by it that nobody in particular did something." });
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.Add(user);
        try { await db.SaveChangesAsync(cancellation); }
        catch (DbUpdateException) { return IdentityResult.Failed(new IdentityError { Code = "Taken", Description = $"There is somebody called '{user.Name}' already." }); }
        return IdentityResult.Success;
    }

    public async Task<IdentityResult> UpdateAsync(PersonRow user, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = db.Update(user);
        // Sign-ins count for themselves, and what was read before would take their count back.
        foreach (var counted in Counted) row.Property(counted).IsModified = false;
        await db.SaveChangesAsync(cancellation);
        return IdentityResult.Success;
    }

    // History names them: an account is closed, not removed.
    public Task<IdentityResult> DeleteAsync(PersonRow user, CancellationToken cancellation) => throw new NotSupportedException("Accounts are closed, not removed.");

    public async Task<PersonRow?> FindByIdAsync(string userId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == userId, cancellation);
    }

    public async Task<PersonRow?> FindByNameAsync(string normalizedUserName, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<PersonRow>().AsNoTracking().FirstOrDefaultAsync(row => row.NormalizedName == normalizedUserName, cancellation);
    }

    public Task<string> GetUserIdAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(PersonRow user, string? userName, CancellationToken cancellation) => Set(() => user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult<string?>(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(PersonRow user, string? normalizedName, CancellationToken cancellation) => Set(() => user.NormalizedName = normalizedName ?? "");

    public Task SetPasswordHashAsync(PersonRow user, string? passwordHash, CancellationToken cancellation) => Set(() => user.PasswordHash = passwordHash);

    public Task<string?> GetPasswordHashAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(PersonRow user, string stamp, CancellationToken cancellation) => Set(() => user.SecurityStamp = stamp);

    public Task<string?> GetSecurityStampAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetTwoFactorEnabledAsync(PersonRow user, bool enabled, CancellationToken cancellation) => Set(() => user.UsesAuthenticator = enabled);

    public Task<bool> GetTwoFactorEnabledAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult(user.UsesAuthenticator);

    public Task SetAuthenticatorKeyAsync(PersonRow user, string key, CancellationToken cancellation) => Set(() => user.AuthenticatorKey = _keys.Protect(key));

    public Task<string?> GetAuthenticatorKeyAsync(PersonRow user, CancellationToken cancellation) => Task.FromResult(user.AuthenticatorKey is { } locked ? _keys.Unprotect(locked) : null);

    public void Dispose() { }

    private static Task Set(Action change)
    {
        change();
        return Task.CompletedTask;
    }
}
