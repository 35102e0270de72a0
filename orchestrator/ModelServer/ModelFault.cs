namespace Flows.ModelServer;

/// <summary>The model cannot be loaded or has stopped working; the message is for whoever deployed it.</summary>
public sealed class ModelFault(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The request cannot be answered; the message says what to change.</summary>
/// <param name="status">HTTP status, 4xx or 503.</param>
public sealed class RequestFault(string message, int status = 400) : Exception(message)
{
    public int Status { get; } = status;
}
