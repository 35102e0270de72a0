using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Access.People;

/// <summary>Somebody with an account, here or at the identity provider.</summary>
public sealed class PersonRow : OwnedRow, ISharedRow
{
    /// <summary>Id of the person of a server without login, who has no row.</summary>
    public const string Local = "local";

    /// <summary>Names by which rows and the audit log say that nobody in particular did something.</summary>
    public static readonly IReadOnlyList<string> Reserved = [Local, "anonymous", "nobody", "runner"];

    public string Id { get; init; } = Guid.NewGuid().ToString("N")[..16];

    /// <summary>What they sign in with, and what rows and journals call them: 1 to 100 letters, digits and <c>.-_@+</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary><see cref="Name"/> in upper case: nobody is called like somebody else but for that.</summary>
    public string NormalizedName { get; set; } = "";

    public bool IsAdministrator { get; set; }

    /// <summary>Null for those whom the identity provider signs in.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with the password: earlier sessions end.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>Wrong tries since the last right one. Counted, like everything up to the last code's step, by <see cref="SigningIn.SignInTally"/> alone.</summary>
    public int FailedSignIns { get; set; }

    /// <summary>After too many wrong tries.</summary>
    public DateTimeOffset? LockedUntil { get; set; }

    public DateTimeOffset? SignedInAt { get; set; }

    /// <summary>Time step of the last authenticator code that counted: it and those before count no more.</summary>
    public long CodeStep { get; set; }

    /// <summary>Since when an administrator keeps everybody out of the account.</summary>
    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>Key of the authenticator app, encrypted.</summary>
    public string? AuthenticatorKey { get; set; }

    public bool UsesAuthenticator { get; set; }

    /// <summary>Issuer and subject at the identity provider.</summary>
    public string? Subject { get; set; }

    /// <summary>Groups at the last sign-in, for tokens.</summary>
    public List<string> Groups { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the account was closed: nothing of its history goes.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Id of whoever got what a closed account held: work that is still under way counts as theirs.</summary>
    public string? HandedTo { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<PersonRow>
    {
        public void Configure(EntityTypeBuilder<PersonRow> person)
        {
            person.ToTable("people");
            person.HasKey(row => row.Id);
            person.HasIndex(row => row.NormalizedName).IsUnique();
            person.HasIndex(row => row.Subject).IsUnique();
        }
    }
}
