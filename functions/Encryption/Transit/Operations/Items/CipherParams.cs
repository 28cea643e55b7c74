using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>What encrypt, decrypt, rewrap and datakey take with every text, and the rules about it.</summary>
internal static class CipherParams
{
    /// <exception cref="VaultException">400: some items have a context and others have none.</exception>
    public static void RequireContextInAllOrNone(OperationInput input)
    {
        var isGiven = HasContext(input, 0);
        for (var i = 1; i < input.Count; i++)
        {
            if (HasContext(input, i) != isGiven)
            {
                throw VaultException.BadRequest("context should be set either in all the request blocks or in none");
            }
        }
    }

    public static bool HasContext(OperationInput input, int index)
    {
        ref readonly var item = ref input[index];
        return !input.Text(item, Param.Context).IsEmpty;
    }

    /// <summary>Decodes context, nonce and associated data, and checks that this key may have what was given.</summary>
    /// <param name="padding">The parameter that names the padding of RSA in this operation.</param>
    public static ItemFault Read(
        OperationInput input, int index, TransitKey key, Param padding, Scratch scratch, out CipherInputs inputs)
    {
        inputs = default;
        ref readonly var item = ref input[index];
        if (!scratch.TryDecode(input.Text(item, Param.Context), out var context, out var faultAt)
            || !scratch.TryDecode(input.Text(item, Param.Nonce), out var nonce, out faultAt))
        {
            return ItemFault.Base64(faultAt);
        }

        if (!nonce.IsEmpty && !IsNonceAllowed(key))
        {
            return FaultTexts.NonceNotAllowed;
        }

        var fault = RsaPadding.Read(input, index, key.Type, padding, out var rsa);
        if (!fault.IsNone)
        {
            return fault;
        }

        var encoded = input.Text(item, Param.AssociatedData);
        if (!encoded.IsEmpty && !key.Type.SupportsAssociatedData)
        {
            return $"'[{index}].associated_data' provided for non-AEAD cipher suite {key.Type.WireName}";
        }

        if (!scratch.TryDecode(encoded, out var associatedData, out faultAt))
        {
            return $"unable to get associated_data/additional_data from factory[0]: {ItemFault.Base64(faultAt)}";
        }

        inputs = new CipherInputs { Context = context, Nonce = nonce, AssociatedData = associatedData, Padding = rsa };
        return default;
    }

    /// <summary>Only the first version of convergent encryption leaves the nonce to the client.</summary>
    private static bool IsNonceAllowed(TransitKey key) =>
        key.Type.IsAead && key.ConvergentEncryption && key.Mode(key.Latest).ConvergentVersion == 1;
}
