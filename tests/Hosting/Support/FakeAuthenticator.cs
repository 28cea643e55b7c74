using System.Collections.Concurrent;
using Saas.Contracts;
using Saas.Identity.Access;

namespace Saas.Hosting.Tests.Support;

/// <summary>Knows the credentials a test adds.</summary>
public sealed class FakeAuthenticator : ICredentialAuthenticator
{
    private readonly ConcurrentDictionary<string, AuthenticationResult> _known = new(StringComparer.Ordinal);

    public ValueTask<AuthenticationResult> AuthenticateAsync(string credential, CancellationToken ct) =>
        ValueTask.FromResult(_known.GetValueOrDefault(credential, AuthenticationResult.Failed(AuthenticationFailure.Unknown)));

    public void Fail(string credential, AuthenticationFailure failure) =>
        _known[credential] = AuthenticationResult.Failed(failure);

    public void Replace(string credential, Principal principal) => _known[credential] = AuthenticationResult.Of(principal);

    /// <summary>A credential that permits <paramref name="actions"/> on everything of its tenant.</summary>
    public Principal Add(string credential, TenantId tenant, string plan = "dev", params string[] actions)
    {
        var statement = new PolicyStatement(PolicyEffect.Allow, actions, ["*"]);
        var principal = new Principal
        {
            Tenant = tenant,
            Kind = PrincipalKind.ApiKey,
            Id = EntityId.New("key", TimeProvider.System),
            Name = "test key",
            Policies = [new AccessPolicy("test", [statement])],
            Plan = plan,
        };
        _known[credential] = AuthenticationResult.Of(principal);
        return principal;
    }
}
