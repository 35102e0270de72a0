namespace Flows.Contract.Access;

/// <summary>Who asks.</summary>
/// <param name="Mode"><c>local</c>: there is no login; <c>accounts</c>.</param>
/// <param name="Projects">Those that one is in, with one's role.</param>
public sealed record Me(string Name, bool IsAdministrator, string Mode, IReadOnlyList<ProjectSummary> Projects);

/// <summary>One's own account.</summary>
/// <param name="External">The identity provider signs its owner in: no password and no second factor of theirs is here.</param>
/// <param name="RecoveryCodes">How many are left.</param>
public sealed record Account(string Name, bool External, bool UsesAuthenticator, int RecoveryCodes);

public sealed record PasswordChange(string? Current, string? New);

/// <param name="Key">In base32, to be typed in.</param>
/// <param name="Uri">The same, as an app reads it.</param>
/// <param name="Picture">And as a QR code.</param>
public sealed record AuthenticatorKey(string Key, string Uri, QrPicture Picture);

/// <summary>A QR code with its quiet zone.</summary>
/// <param name="Size">Modules on a side.</param>
/// <param name="Path">The dark ones, as data of an SVG path in which a module is one unit.</param>
public sealed record QrPicture(int Size, string Path);

/// <param name="Code">Six digits.</param>
public sealed record AuthenticatorCode(string? Code);

/// <param name="Password">One's own, once more.</param>
public sealed record RecoveryRequest(string? Password);

/// <param name="Codes">Shown here and never again; each stands in for the authenticator app once.</param>
public sealed record NewRecoveryCodes(IReadOnlyList<string> Codes);
