using Flows.Hub.Runners;

namespace Flows.Hub.Access;

/// <summary>Who asks. Decided once for each request, by <see cref="ActorHandler"/>.</summary>
/// <param name="Name">What rows and journals call it.</param>
public abstract record Actor(string Name)
{
    /// <summary>Null: none in that project.</summary>
    public virtual Role? RoleIn(string projectId) => null;

    /// <summary>Projects with any role; null: all.</summary>
    public virtual IReadOnlyList<string>? Projects => [];

    public bool IsAdministrator => Projects is null;

    /// <summary>Somebody with roles: no runner, no step, nobody unknown.</summary>
    public virtual bool IsSignedIn => true;

    /// <summary>The person at the machine of a server without login: may everything.</summary>
    public sealed record Local() : Actor("local")
    {
        public override Role? RoleIn(string projectId) => Role.Administrator;

        public override IReadOnlyList<string>? Projects => null;
    }

    /// <summary>Somebody with an account.</summary>
    public sealed record Person(string Id, string Name, Rights Rights) : Actor(Name)
    {
        /// <summary>Of the identity provider, as it said them at the sign-in.</summary>
        public IReadOnlyList<string> Groups { get; init; } = [];

        public override Role? RoleIn(string projectId) => Rights.In(projectId);

        public override IReadOnlyList<string>? Projects => Rights.Projects;
    }

    /// <summary>A program with an API token: what the token says, and no more than whoever made it may by now.</summary>
    public sealed record Token(string Id, string Name, Rights Rights) : Actor(Name)
    {
        public override Role? RoleIn(string projectId) => Rights.In(projectId);

        public override IReadOnlyList<string>? Projects => Rights.Projects;
    }

    /// <summary>A step under way: its own run and its own routes.</summary>
    public sealed record Step(JobKey Job) : Actor($"run:{Job.RunId}")
    {
        public override bool IsSignedIn => false;
    }

    /// <summary>A machine that carries out steps.</summary>
    /// <param name="Machine">The name that its pass is for; null for whoever has the runner token.</param>
    public sealed record Runner(string? Machine) : Actor("runner")
    {
        public override bool IsSignedIn => false;
    }

    public sealed record Anonymous() : Actor("anonymous")
    {
        public override bool IsSignedIn => false;
    }
}

/// <summary>Roles by project.</summary>
public sealed record Rights(bool IsAdministrator, IReadOnlyDictionary<string, Role> Roles)
{
    public static Rights None { get; } = new(false, new Dictionary<string, Role>());

    public IReadOnlyList<string>? Projects => IsAdministrator ? null : [.. Roles.Keys];

    public Role? In(string projectId) => IsAdministrator ? Role.Administrator : Roles.TryGetValue(projectId, out var role) ? role : null;

    /// <summary>At most <paramref name="most"/>, in one project.</summary>
    public Rights Narrowed(string projectId, Role most) => In(projectId) is { } role
        ? new Rights(false, new Dictionary<string, Role> { [projectId] = role < most ? role : most })
        : None;
}
