using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Security.KeyVault.Keys.Internal;

/// <summary>
/// Bearer tokens for what the vault itself asks for. As long as it has not asked, requests go out without a body: a
/// server that is no vault learns neither a token nor a key.
/// </summary>
internal sealed class ChallengeAuthentication(TokenCredential credential, bool verifiesResource)
    : BearerTokenAuthenticationPolicy(credential, Array.Empty<string>())
{
    /// <summary>By host and port, for the life of the process: every client would be challenged anew otherwise.</summary>
    private static readonly ConcurrentDictionary<string, Challenge> Known = new(StringComparer.OrdinalIgnoreCase);

    protected override async ValueTask AuthorizeRequestAsync(HttpMessage message)
    {
        // This may be a retry of a request whose body was withheld before.
        Restore(message);
        if (Known.TryGetValue(message.Request.Uri.ToUri().Authority, out var challenge))
        {
            await AuthenticateAndAuthorizeRequestAsync(message, Context(message, challenge));
            return;
        }

        message.SetProperty(typeof(WithheldContent), new WithheldContent(message.Request.Content));
        message.Request.Content = null;
    }

    protected override async ValueTask<bool> AuthorizeRequestOnChallengeAsync(HttpMessage message)
    {
        Restore(message);
        if (!message.Response.Headers.TryGetValue("WWW-Authenticate", out var header) || Challenge.Parse(header) is not { } challenge)
        {
            return false;
        }

        var vault = message.Request.Uri.ToUri();
        if (verifiesResource && !challenge.IsFor(vault))
        {
            throw new InvalidOperationException($"{vault.Host} asks for a token of {challenge.Scope}, which is not of its own domain.");
        }

        Known[vault.Authority] = challenge with { Claims = null };
        await AuthenticateAndAuthorizeRequestAsync(message, Context(message, challenge));
        return true;
    }

    // The calls of this subset are asynchronous ones only.
    protected override void AuthorizeRequest(HttpMessage message) => throw new NotSupportedException();

    protected override bool AuthorizeRequestOnChallenge(HttpMessage message) => throw new NotSupportedException();

    private static void Restore(HttpMessage message)
    {
        if (message.TryGetProperty(typeof(WithheldContent), out var withheld) && withheld is WithheldContent { Content: { } content })
        {
            message.Request.Content = content;
        }
    }

    private static TokenRequestContext Context(HttpMessage message, Challenge challenge) => new(
        [challenge.Scope], message.Request.ClientRequestId, challenge.Claims, challenge.TenantId, isCaeEnabled: true);

    private sealed record WithheldContent(RequestContent? Content);
}
