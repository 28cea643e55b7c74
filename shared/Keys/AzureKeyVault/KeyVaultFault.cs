using Azure;
using Saas.Contracts;

namespace Saas.Keys.AzureKeyVault;

/// <summary>What goes wrong between us and a vault, in the port's two words.</summary>
internal static class KeyVaultFault
{
    /// <summary>
    /// A vault answers 400 to bytes that its key did not wrap. Everything else that is not our caller's own giving up is
    /// a vault that does not serve: no connection, no token, no permission, a disabled version, too many requests.
    /// </summary>
    /// <param name="unwrapping">Whose key is being unwrapped; null: none is.</param>
    public static async Task<T> CatchAsync<T>(Func<Task<T>> call, TenantId? unwrapping, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.Status == 400 && unwrapping is { } tenant)
        {
            throw Broken(tenant, e);
        }
        catch (RequestFailedException e)
        {
            throw new KeyEncryptionUnavailableException($"Key Vault answered {e.Status} ({e.ErrorCode}).", e);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new KeyEncryptionUnavailableException($"Key Vault cannot be used: {e.GetType().Name}.", e);
        }
    }

    public static WrappedKeyBrokenException Broken(TenantId tenant, Exception? inner) =>
        new($"The root key of tenant {tenant} was altered, or is another tenant's.", inner);
}
