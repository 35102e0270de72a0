using Flows.Hub.Access;
using Flows.Hub.Storage;

namespace Flows.Hub.Flows;

/// <summary>The files of a flow, or those that the flows of the chosen project share.</summary>
internal sealed record FilesOf(string Value) : Thing("flow")
{
    private readonly Thing _flow = Of<FlowRow>(Value, "flow");

    public override string? NameIn(HttpContext http) => _flow.NameIn(http);

    public override Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation) =>
        (NameIn(http) == FlowFiles.Project ? Chosen : _flow).ProjectAsync(http, db, cancellation);
}
