using Microsoft.AspNetCore.Http;
using Saas.Keys;

namespace Saas.Encryption.Vault;

/// <summary>What a client is told when the tenant's keys cannot be used.</summary>
internal static class KeyFaults
{
    /// <summary>The error for a fault that is no fault of ours; null for every other exception.</summary>
    public static VaultError? ErrorOf(Exception fault) => fault switch
    {
        // As of a Vault whose own unsealing key does not answer. It may pass.
        KeyEncryptionUnavailableException => new VaultError(StatusCodes.Status503ServiceUnavailable, "Vault is sealed")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        },
        TenantKeysDestroyedException => new VaultError(StatusCodes.Status403Forbidden, "the keys of this tenant were destroyed"),
        _ => null,
    };
}
