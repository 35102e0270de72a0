using Flows.Contract.Access;

namespace Flows.Contract.Models;

/// <summary>Where deployments of a project answer, and who may put something there, replace it, stop it and take it away.</summary>
/// <param name="Name">1 to 60 lower-case letters, digits and dashes.</param>
/// <param name="Role">From which role on.</param>
/// <param name="People">Members who may it with any role, by name.</param>
public sealed record DeploymentEnvironment(string Name, Role Role, IReadOnlyList<string> People)
{
    /// <summary>The one that every project has; on a laptop the only one.</summary>
    public const string Default = "production";

    /// <summary>What it takes where nobody said otherwise.</summary>
    public const Role DefaultRole = Role.Operator;

    /// <summary>Groups of the identity provider whose members may it with any role in the project.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether whoever asked may.</summary>
    public bool MayDeploy { get; init; } = true;

    /// <summary>What one is told who may not.</summary>
    /// <param name="mine">Null: none.</param>
    public string Refusal(Role? mine) =>
        $"Deploying to '{Name}' needs the role {Role.Word()}{(Named is "" ? "" : $", or to be one of: {Named}")}; {(mine is { } role ? $"yours is {role.Word()}" : "you have none")}.";

    private string Named => string.Join(", ", People.Concat(Groups.Select(group => $"the group {group}")));
}

/// <param name="Role">Editor to owner; absent: operator.</param>
/// <param name="People">Names of people; absent: nobody beside the role.</param>
/// <param name="Groups">Groups, as the identity provider says them; absent: none.</param>
public sealed record EnvironmentRequest(Role Role = DeploymentEnvironment.DefaultRole, IReadOnlyList<string>? People = null, IReadOnlyList<string>? Groups = null);
