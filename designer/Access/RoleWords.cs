using Flows.Contract.Access;

namespace Flows.Designer.Access;

/// <summary>What a role lets somebody do, in a few words.</summary>
public static class RoleWords
{
    public static IReadOnlyList<Role> InProjects { get; } = [Role.Viewer, Role.Editor, Role.Operator, Role.Owner];

    public static string May(Role role) => role switch
    {
        Role.Viewer => "reads, and asks deployed models",
        Role.Editor => "changes flows and runs them",
        Role.Operator => "publishes, deploys, stops and removes",
        Role.Owner => "says who is a member, and makes tokens",
        _ => "may everything on this server",
    };
}
