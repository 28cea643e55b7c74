using System.Net;
using Microsoft.AspNetCore.Http;

namespace Saas.LocalRegistry.Http;

/// <summary>
/// Keeps web pages out. A browser on this machine reaches loopback too, and a page may have its own host name answered with
/// 127.0.0.1: so a request must name this machine as its host, and must not come from a page.
/// </summary>
internal static class RequestGuard
{
    /// <summary>Why the request is not for us; null: it is.</summary>
    public static string? WhyNot(HttpRequest request)
    {
        if (request.Headers.Origin.Count > 0)
        {
            return "Requests of web pages are not answered";
        }

        var host = request.Host.Host;
        var isHere = string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
        return isHere ? null : "The Host header must name this machine: localhost or a loopback address";
    }
}
