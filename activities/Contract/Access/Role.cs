namespace Flows.Contract.Access;

/// <summary>What somebody may do in a project; each may what those before it may.</summary>
public enum Role
{
    /// <summary>Read flows, runs, models and artifacts, and ask deployed models.</summary>
    Viewer = 1,

    /// <summary>Change flows and files, run drafts and published flows, upload artifacts.</summary>
    Editor,

    /// <summary>Publish, deploy, stop and remove; answer for what runs by itself.</summary>
    Operator,

    /// <summary>Members and tokens of the project.</summary>
    Owner,

    /// <summary>Of the whole server: people, projects, runners, retention.</summary>
    Administrator,
}

public static class RoleNames
{
    /// <summary>As a role is written in sentences: <c>viewer</c>, <c>editor</c>, …</summary>
    public static string Word(this Role role) => role.ToString().ToLowerInvariant();
}
