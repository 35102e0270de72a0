using Flows.Contract.Activities;
using Flows.Hub.Access;

namespace Flows.Hub.Triggers.Watches;

/// <summary>What watches may look at, of the network and of this machine's files: somebody who draws flows has written it down.</summary>
internal sealed record Reach(NetworkPolicy Network, FolderPolicy Folders);
