using Flows.Contract.Artifacts;

namespace Flows.Contract.Activities;

/// <summary>A cacheable activity whose results come from more than its inputs: asked before it is carried out, with its inputs set.</summary>
public interface IResultSource
{
    /// <summary>Names what else the result comes from: the same text, the same code and environment. Null: not known, so that nothing is taken from the cache.</summary>
    /// <param name="files">The flow's files.</param>
    Task<string?> SourceAsync(IFlowFiles files, CancellationToken cancellation);
}
