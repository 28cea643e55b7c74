using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Pipeline;

/// <summary>Where a request carries its credential: our own header, or that of the client whose protocol it speaks.</summary>
public static class Credentials
{
    private const string Scheme = "Bearer ";

    private static readonly string[] TokenHeaders = ["X-Vault-Token", "X-Consul-Token", "X-Nomad-Token"];

    /// <summary>The credential, or null if there is none.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } authorization, ..]
            && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Scheme.Length..].Trim();
        }

        foreach (var header in TokenHeaders)
        {
            if (request.Headers.TryGetValue(header, out var values) && values is [{ Length: > 0 } token, ..])
            {
                return token;
            }
        }

        return null;
    }
}
