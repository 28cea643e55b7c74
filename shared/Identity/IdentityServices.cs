using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Saas.Identity.Access;
using Saas.Identity.Agents;
using Saas.Identity.Keys;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;

namespace Saas.Identity;

public static class IdentityServices
{
    /// <summary>Everything identity offers, as singletons. Needs TenantScopes, IChangeSignal, TimeProvider and logging.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton<Authorizer>();
        services.TryAddSingleton<ICredentialAuthenticator, CredentialAuthenticator>();
        services.TryAddSingleton<TenantLedger>();
        services.TryAddSingleton<TenantFounding>();
        services.TryAddSingleton<TenantRemoval>();
        services.TryAddSingleton<TenantQuotas>();
        services.TryAddSingleton<KeyRevocation>();
        services.TryAddSingleton<Tokens>();
        services.TryAddSingleton<EnrolmentTokens>();
        services.TryAddSingleton<AgentEnrolment>();
        services.TryAddSingleton<AgentCredentials>();
        return services;
    }
}
