using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>
/// Makes keys for clients that encrypt themselves: random, encrypted with the named key, and in the clear too where the
/// path says <c>plaintext</c>. A batch, which Vault does not have here, is one data key an item.
/// </summary>
internal static class DataKey
{
    private const int DefaultBits = 256;

    private static readonly ParamSet Known = new(
        Param.Context, Param.Nonce, Param.AssociatedData, Param.Reference, Param.KeyVersion, Param.Bits, Param.PaddingScheme,
        Param.HashAlgorithm, Param.PartialFailureResponseCode, Param.BatchInput);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/datakey/{type}/{name}", Mounts.Engine.Transit, "transit:datakey", "Make data keys", HandleAsync);

    /// <exception cref="VaultException">400: neither of the two forms there are.</exception>
    public static bool IsPlaintextAnswered(VaultRequest request) => request.Route("type") switch
    {
        "plaintext" => true,
        "wrapped" => false,
        _ => throw VaultException.BadRequest("Invalid path, must be 'plaintext' or 'wrapped'"),
    };

    /// <summary>Draws a data key of as many bits as the item says, and encrypts it.</summary>
    public static ItemFault Make(
        OperationInput input, int index, KeyCipher cipher, Scratch scratch, out DataKeyPair pair)
    {
        pair = default;
        ref readonly var item = ref input[index];
        var bits = item.Has(Param.Bits) ? item.Bits : DefaultBits;
        if (bits is not (128 or 256 or 512))
        {
            return "invalid bit length";
        }

        var fault = CipherParams.Read(input, index, cipher.Key, Param.PaddingScheme, scratch, out var inputs);
        if (!fault.IsNone || !(fault = cipher.ChooseVersion(item.KeyVersion, out var version)).IsNone)
        {
            return fault;
        }

        var key = scratch.Take(bits / 8);
        RandomNumberGenerator.Fill(key);
        fault = cipher.Encrypt(version, inputs, key, scratch, out var ciphertext);
        pair = new DataKeyPair { Version = version, Plaintext = key, Ciphertext = ciphertext };
        return fault;
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        var isPlaintextAnswered = IsPlaintextAnswered(request);
        if (await OperationKeys.FindForAsync(request, input, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        using var versions = new LeasedVersions(request, key);
        return await new ItemRun(request, input, new Verb(input, versions, isPlaintextAnswered)).RunAsync(ct);
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions, bool isPlaintextAnswered) : CipherVerb(input, versions)
    {
        public override bool FailuresShowInStatus => true;

        public override int VersionOf(int index) => VersionToEncryptWith(index);

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            var fault = Make(Input, index, Cipher, scratch, out var pair);
            if (fault.IsNone)
            {
                WriteCiphertext(output, pair.Version, pair.Ciphertext);
                if (isPlaintextAnswered)
                {
                    output.Write(",\"plaintext\":\""u8);
                    output.WriteBase64(pair.Plaintext);
                    output.Write("\""u8);
                }
            }

            return fault;
        }
    }
}

/// <summary>A data key in both forms; valid until the scratch is reset.</summary>
internal ref struct DataKeyPair
{
    public int Version { get; init; }

    public ReadOnlySpan<byte> Plaintext { get; init; }

    public ReadOnlySpan<byte> Ciphertext { get; init; }
}
