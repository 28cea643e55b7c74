using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations;

/// <summary>The key that encrypting makes where there is none.</summary>
internal static class Upsert
{
    /// <returns>Null: the mount's settings forbid it.</returns>
    /// <exception cref="VaultException">400: no such type, or it cannot do that. 403: the caller may not make keys.</exception>
    public static async ValueTask<TransitKey?> KeyAsync(VaultRequest request, OperationInput input, CancellationToken ct)
    {
        var isDerived = CipherParams.HasContext(input, 0);
        var isConvergent = input.Flag(Param.ConvergentEncryption);
        if (isConvergent && !isDerived)
        {
            throw VaultException.BadRequest("convergent encryption requires derivation to be enabled, so context is required");
        }

        var name = request.Route("name");
        if (!request.May("transit:create", request.Mount.ResourcePrefix + name))
        {
            throw new VaultException(403, VaultProtocol.PermissionDenied);
        }

        var options = new TransitKeyOptions { Type = TypeOf(input), Derived = isDerived, Convergent = isConvergent };
        if ((await request.Service<MountSettings>().FindAsync(request, ct)).DisableUpsert)
        {
            return null;
        }

        var (key, isNew) = await request.Service<TransitKeys>().EnsureAsync(KeyRing.Of(request), name, options, ct);
        if (!isNew)
        {
            request.Warn("Attempted creation of the key during the encrypt operation, but it was created beforehand");
        }

        return key;
    }

    private static KeyType TypeOf(OperationInput input)
    {
        var type = TransitKeyOptions.ParseType(input.Option(Param.Type) ?? KeyType.Aes256Gcm96.WireName);
        return type.SupportsEncryption
            ? type
            : throw VaultException.BadRequest($"key type {type.WireName} not supported for this operation");
    }
}
