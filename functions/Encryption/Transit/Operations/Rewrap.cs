using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Decrypts and encrypts anew, with the latest version unless another is named; the plaintext never leaves.</summary>
internal static class Rewrap
{
    private static readonly ParamSet Known = new(
        Param.Ciphertext, Param.Context, Param.Nonce, Param.AssociatedData, Param.Reference, Param.KeyVersion,
        Param.DecryptPaddingScheme, Param.EncryptPaddingScheme, Param.BatchInput);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/rewrap/{name}", Mounts.Engine.Transit, "transit:rewrap", "Encrypt anew with the latest version of a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        if (!input.IsBatch && input.Text(input[0], Param.Ciphertext).IsEmpty)
        {
            return VaultResponse.BadRequest(Decrypt.Missing);
        }

        CipherParams.RequireContextInAllOrNone(input);
        if (await OperationKeys.FindForAsync(request, input, Param.Ciphertext, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        using var versions = new LeasedVersions(request, key);
        await LeaseTargetsAsync(input, versions, ct);
        return await new ItemRun(request, input, new Verb(input, versions)).RunAsync(ct);
    }

    /// <summary>Every item needs two versions; the run leases those it decrypts with.</summary>
    private static async ValueTask LeaseTargetsAsync(OperationInput input, LeasedVersions versions, CancellationToken ct)
    {
        var cipher = new KeyCipher(versions);
        for (var i = 0; i < input.Count; i++)
        {
            if (cipher.ChooseVersion(input[i].KeyVersion, out var version).IsNone)
            {
                await versions.LeaseAsync(version, ct);
            }
        }
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions) : CipherVerb(input, versions)
    {
        public override bool IsExpensive => Key.Type.IsRsa;

        public override int VersionOf(int index) => VersionToDecryptWith(index);

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            ref readonly var item = ref Input[index];
            var text = Input.Text(item, Param.Ciphertext);
            if (text.IsEmpty)
            {
                return Decrypt.Missing;
            }

            var fault = CipherParams.Read(Input, index, Key, Param.DecryptPaddingScheme, scratch, out var inputs);
            if (!fault.IsNone || !(fault = RsaPadding.Read(Input, index, Key.Type, Param.EncryptPaddingScheme, out var padding)).IsNone
                || !(fault = Cipher.ReadVersion(text, out var from, out var payload)).IsNone
                || !(fault = Cipher.Decrypt(from, inputs, payload, scratch, out var plaintext)).IsNone
                || !(fault = Cipher.ChooseVersion(item.KeyVersion, out var to)).IsNone)
            {
                return fault;
            }

            var again = new CipherInputs
            {
                Context = inputs.Context, Nonce = NonceFor(to, inputs.Nonce), AssociatedData = inputs.AssociatedData, Padding = padding,
            };
            fault = Cipher.Encrypt(to, again, plaintext, scratch, out var ciphertext);
            if (fault.IsNone)
            {
                WriteCiphertext(output, to, ciphertext);
            }

            return fault;
        }

        /// <summary>A nonce that the old version needed is nothing the new one takes.</summary>
        private ReadOnlySpan<byte> NonceFor(int version, ReadOnlySpan<byte> given) =>
            Key.Mode(Key.Find(version)!).ConvergentVersion == 1 ? given : default;
    }
}
