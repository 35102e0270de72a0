namespace Flows.Hub.Access;

/// <summary>What somebody is in a project by now: who asks, or whose work goes on.</summary>
/// <param name="Role">Null: none, or none any more.</param>
/// <param name="IsPerson">No program with a token.</param>
public sealed record Standing(string Name, Role? Role, bool IsPerson)
{
    /// <summary>Groups of the identity provider.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public static Standing Of(Actor actor, string projectId) => new(actor.Name, actor.RoleIn(projectId), actor is Actor.Person) { Groups = (actor as Actor.Person)?.Groups ?? [] };
}
