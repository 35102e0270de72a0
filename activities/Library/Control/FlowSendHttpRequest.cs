using Flows.Contract.Activities;

namespace Flows.Library.Control;

/// <summary>The same request under the type that Elsa's designer draws: its expected status codes are ports.</summary>
[Activity("Elsa.FlowSendHttpRequest", "HTTP request (flow)", Category = "Events", Heavy = true, Description = "Sends an HTTP request and goes on by the status code of the answer.",
    Outcomes = ["Done", Unmatched, FailedToConnect, TimedOut])]
public sealed class FlowSendHttpRequest : SendHttpRequest;
