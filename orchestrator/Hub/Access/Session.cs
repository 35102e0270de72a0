using System.Security.Claims;
using Flows.Hub.Access.People;
using Microsoft.AspNetCore.Authentication;

namespace Flows.Hub.Access;

/// <summary>A browser's session, in a cookie that says who it is and nothing of what they may.</summary>
public static class Session
{
    public const string Scheme = "session";
    public const string Cookie = "flows-session";
    public const string PersonClaim = "person";
    public const string StampClaim = "stamp";
    public const string GroupClaim = "group";

    public static Task SignInAsync(HttpContext http, PersonRow person) => http.SignInAsync(Scheme, PrincipalOf(person, []));

    public static ClaimsPrincipal PrincipalOf(PersonRow person, IEnumerable<string> groups) => new(new ClaimsIdentity(
        [new Claim(PersonClaim, person.Id), new Claim(StampClaim, person.SecurityStamp), .. groups.Select(group => new Claim(GroupClaim, group))], Scheme));

    public static IReadOnlyList<string> GroupsOf(ClaimsPrincipal session) => [.. session.FindAll(GroupClaim).Select(claim => claim.Value)];
}
