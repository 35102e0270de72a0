using System.Security.Cryptography;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Flows.Hub.Runs;

/// <summary>All that a flow can be drawn of, the flows that are activities among it. Tagged, so that a page that has the list is told only when it is another one.</summary>
internal static class ActivityList
{
    public static FileContentHttpResult Of(ActivityCatalog catalog, Flows.IFlowLookup flows)
    {
        var all = catalog.Descriptors.Concat(flows.Descriptors()).OrderBy(found => found.Category).ThenBy(found => found.DisplayName);
        var json = JsonSerializer.SerializeToUtf8Bytes(all, ContractJson.Options);
        return TypedResults.Bytes(json, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8))}\""));
    }
}
