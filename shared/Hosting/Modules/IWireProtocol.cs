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

    /// <summary>The problem as clients of the protocol expect it: their status, their body.</summary>
    IResult ErrorOf(Problem problem, HttpContext http);
}
