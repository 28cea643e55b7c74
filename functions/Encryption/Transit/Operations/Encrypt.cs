using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>
/// Encrypts. A key that does not exist yet is made, where the caller may do that too: derived if the items have a
/// context.
/// </summary>
internal static class Encrypt
{
    private static readonly ParamSet Known = new(
        Param.Plaintext, Param.Context, Param.Nonce, Param.AssociatedData, Param.Reference, Param.KeyVersion, Param.PaddingScheme,
        Param.HashAlgorithm, Param.Type, Param.ConvergentEncryption, Param.PartialFailureResponseCode, Param.BatchInput);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/encrypt/{name}", Mounts.Engine.Transit, "transit:encrypt", "Encrypt with a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known, Param.Plaintext);
        if (!input.IsBatch && !input[0].Has(Param.Plaintext))
        {
            return VaultResponse.BadRequest("missing plaintext to encrypt");
        }

        CipherParams.RequireContextInAllOrNone(input);
        var key = await OperationKeys.FindForAsync(request, input, ct) ?? await Upsert.KeyAsync(request, input, ct);
        if (key is null)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        using var versions = new LeasedVersions(request, key);
        return await new ItemRun(request, input, new Verb(input, versions)).RunAsync(ct);
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions) : CipherVerb(input, versions)
    {
        public override bool FailuresShowInStatus => true;

        public override int VersionOf(int index) => VersionToEncryptWith(index);

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            ref readonly var item = ref Input[index];
            if (!scratch.TryDecode(Input.Text(item, Param.Plaintext), out var plaintext, out var faultAt))
            {
                return ItemFault.Base64(faultAt);
            }

            var fault = CipherParams.Read(Input, index, Key, Param.PaddingScheme, scratch, out var inputs);
            if (!fault.IsNone || !(fault = Cipher.ChooseVersion(item.KeyVersion, out var version)).IsNone
                || !(fault = Cipher.Encrypt(version, inputs, plaintext, scratch, out var ciphertext)).IsNone)
            {
                return fault;
            }

            WriteCiphertext(output, version, ciphertext);
            return default;
        }
    }
}
