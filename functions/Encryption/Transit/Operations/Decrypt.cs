using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Decrypts with the version that each ciphertext names.</summary>
internal static class Decrypt
{
    public const string Missing = "missing ciphertext to decrypt";

    private static readonly ParamSet Known = new(
        Param.Ciphertext, Param.Context, Param.Nonce, Param.AssociatedData, Param.Reference, Param.PaddingScheme,
        Param.HashAlgorithm, Param.PartialFailureResponseCode, Param.BatchInput);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/decrypt/{name}", Mounts.Engine.Transit, "transit:decrypt", "Decrypt with a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known, Param.Ciphertext);
        if (!input.IsBatch && input.Text(input[0], Param.Ciphertext).IsEmpty)
        {
            return VaultResponse.BadRequest(Missing);
        }

        CipherParams.RequireContextInAllOrNone(input);
        if (await OperationKeys.FindForAsync(request, input, Param.Ciphertext, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        using var versions = new LeasedVersions(request, key);
        return await new ItemRun(request, input, new Verb(input, versions)).RunAsync(ct);
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions) : CipherVerb(input, versions)
    {
        public override bool FailuresShowInStatus => true;

        public override bool IsExpensive => Key.Type.IsRsa;

        public override int VersionOf(int index) => VersionToDecryptWith(index);

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            ref readonly var item = ref Input[index];
            var text = Input.Text(item, Param.Ciphertext);
            if (text.IsEmpty)
            {
                return Missing;
            }

            var fault = CipherParams.Read(Input, index, Key, Param.PaddingScheme, scratch, out var inputs);
            if (!fault.IsNone || !(fault = Cipher.ReadVersion(text, out var version, out var payload)).IsNone
                || !(fault = Cipher.Decrypt(version, inputs, payload, scratch, out var plaintext)).IsNone)
            {
                return fault;
            }

            output.Write("\"plaintext\":\""u8);
            output.WriteBase64(plaintext);
            output.Write("\""u8);
            return default;
        }

        public override void WriteFailed(PooledBuffer output) => output.Write("\"plaintext\":\"\","u8);
    }
}
