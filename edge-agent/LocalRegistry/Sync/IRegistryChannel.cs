namespace Saas.LocalRegistry.Sync;

/// <summary>The way to the Registry app, in the node's name. Safe for concurrent use.</summary>
internal interface IRegistryChannel
{
    /// <summary>
    /// Sends a request with the node's credential; once more with a new one if that was refused. Every status is an answer.
    /// The caller disposes of it; its body has not been read.
    /// </summary>
    /// <param name="pathAndQuery">Begins with <c>/v1/</c>.</param>
    /// <param name="body">JSON; null: none.</param>
    /// <exception cref="HttpRequestException">No answer.</exception>
    /// <exception cref="RegistryException">There is no credential to be had now.</exception>
    Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, ReadOnlyMemory<byte>? body, CancellationToken ct);

    /// <summary>Where the app is, for requests that tenants make with credentials of their own.</summary>
    Uri Address { get; }
}

internal enum RegistryFault
{
    /// <summary>No answer, or not the protocol's: again, with growing delay.</summary>
    Unavailable,

    /// <summary>429, or 503 with Retry-After, or no credential for now: again when told.</summary>
    Throttled,

    /// <summary>404: no such thing.</summary>
    NotFound,

    /// <summary>Any other 4xx: the same will be refused again.</summary>
    Refused,
}

/// <summary>A request to the registry came to nothing. The message holds status and reason, never what was sent.</summary>
internal sealed class RegistryException(RegistryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public RegistryFault Fault { get; } = fault;

    /// <summary>What the server asked for; null if nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
