using System.Net;

namespace Saas.EdgeAgent.ControlPlane;

internal enum ControlPlaneFault
{
    /// <summary>No answer, a time-out, 5xx, or an answer that is not the protocol's: try again with growing delay.</summary>
    Unavailable,

    /// <summary>429, or 503 with Retry-After: try again when told.</summary>
    Throttled,

    /// <summary>401: the token is not (or no longer) good.</summary>
    Unauthorized,

    /// <summary>Any other 4xx: the same request will be refused again.</summary>
    Refused,
}

/// <summary>A request failed. The message holds status and problem title, never what was sent.</summary>
internal sealed class ControlPlaneException(ControlPlaneFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ControlPlaneFault Fault { get; } = fault;

    public HttpStatusCode? Status { get; init; }

    /// <summary>
    /// It is what was sent that is not taken, for good. Any other refusal (a suspended tenant, a path that a proxy does not
    /// know) passes, and what was sent then must be sent again.
    /// </summary>
    public bool IsOfContent => Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;

    /// <summary>What the server asked for; null if nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The server's clock when it answered.</summary>
    public DateTimeOffset? ServerTime { get; init; }
}
