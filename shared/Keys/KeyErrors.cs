using Saas.Contracts;

namespace Saas.Keys;

/// <summary>
/// The key-encryption key cannot be used just now: the service does not answer or refuses, or the version asked for is
/// disabled or gone. What is cached goes on until its time is up. Retrying later may help.
/// </summary>
public sealed class KeyEncryptionUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A wrapped root key is not as it was wrapped, or was wrapped for another tenant. Retrying cannot help.</summary>
public sealed class WrappedKeyBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A sealed value was altered or cut, comes from another row or tenant, or is of no known format.</summary>
public sealed class SealBrokenException() : Exception("A sealed value is not as it was sealed in this place.");

/// <summary>The tenant's root key was destroyed: nothing it sealed can be opened, and nothing new sealed, for ever.</summary>
public sealed class TenantKeysDestroyedException(TenantId tenant) : Exception($"The root key of tenant {tenant} was destroyed.")
{
    public TenantId Tenant => tenant;
}
