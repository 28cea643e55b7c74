using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Modules;

/// <summary>
/// How an app that answers a peer's protocol differs on the wire from our own APIs. A module without one has JSON,
/// problem details and methods as HTTP has them.
/// </summary>
public interface IWireProtocol
{
    /// <summary>Before routing: may rewrite the method or path where the protocol has two ways to say one thing.</summary>
    void Prepare(HttpContext http);

    /// <summary>
    /// The same, where what to rewrite comes with what the client sends first: a credential in a WebSocket's first message. Who
    /// takes over the connection here answers problems on it too (<see cref="ErrorOf"/>).
    /// </summary>
    ValueTask PrepareAsync(HttpContext http)
    {
        Prepare(http);
        return ValueTask.CompletedTask;
    }

    /// <summary>The problem as clients of the protocol expect it: their status, their body.</summary>
    IResult ErrorOf(Problem problem, HttpContext http);
}
