using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Signs data, or its hash, with the private half of a key.</summary>
internal static class Sign
{
    private static readonly ParamSet Known = SignatureParams.Known + new ParamSet(Param.KeyVersion);

    public static void Map(IRouteTable routes)
    {
        string[] patterns = ["/v1/{mount}/sign/{name}", "/v1/{mount}/sign/{name}/{urlalgorithm}"];
        foreach (var pattern in patterns)
        {
            routes.MapVault(VaultVerb.Write, pattern, Mounts.Engine.Transit, "transit:sign", "Sign data with a key", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        var options = SignatureParams.Read(request, input);
        if (await OperationKeys.FindForAsync(request, input, ct) is not { } key)
        {
            return VaultResponse.BadRequest("signing key not found");
        }

        options = SignatureParams.For(key, options);
        using var versions = new LeasedVersions(request, key);
        var fault = ChooseVersion(key, input.Option(Param.KeyVersion, 0), out var version);
        if (fault.IsNone)
        {
            await versions.LeaseAsync(version, ct);
        }

        var verb = new Verb(input, versions, version, fault, options);
        return await new ItemRun(request, input, verb).RunAsync(ct);
    }

    private static ItemFault ChooseVersion(TransitKey key, int requested, out int version)
    {
        version = requested == 0 ? key.LatestVersion : requested;
        return requested switch
        {
            0 => default,
            < 0 => "requested version for signing is negative",
            _ when requested > key.LatestVersion => "requested version for signing is higher than the latest key version",
            _ when requested < key.MinEncryptionVersion => "requested version for signing is less than the minimum encryption key version",
            _ when key.Find(requested) is null => "no such key version",
            _ => default,
        };
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions, int version, ItemFault versionFault, SignatureOptions options)
        : ItemVerb(input)
    {
        private readonly TransitKey _key = versions.Key;
        private readonly SigningMaterial? _material = versionFault.IsNone ? (SigningMaterial)versions[version] : null;

        public override string Meter => Meters.Transit(_key.Type.WireName);

        public override bool IsExpensive => true;

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            ref readonly var item = ref Input[index];
            if (Input.IsBatch && !item.Has(Param.Input))
            {
                return "missing input";
            }

            if (!scratch.TryDecode(Input.Text(item, Param.Input), out var bytes, out var faultAt))
            {
                return $"unable to decode input: {ItemFault.Base64(faultAt)}";
            }

            if (!scratch.TryDecode(Input.Text(item, Param.Context), out var context, out _))
            {
                return "failed to base64-decode context";
            }

            var fault = SignatureParams.CheckPureEd25519(_key, options, Input.Text(item, Param.SignatureContext));
            if (!fault.IsNone || _material is null)
            {
                return fault.IsNone ? versionFault : fault;
            }

            fault = SignatureParams.Fault(_material.Sign(options, context, bytes, out var signature), _key, options);
            if (fault.IsNone)
            {
                Write(output, signature, context);
            }

            return fault;
        }

        public override void WriteFailed(PooledBuffer output) => output.Write("\"key_version\":0,"u8);

        private void Write(PooledBuffer output, byte[] signature, ReadOnlySpan<byte> context)
        {
            output.Write("\"signature\":\""u8);
            output.WriteVersion(version);
            if (options.Marshaling == SignatureMarshaling.Jws)
            {
                output.WriteBase64Url(signature);
            }
            else
            {
                output.WriteBase64(signature);
            }

            output.Write("\",\"key_version\":"u8);
            output.WriteInteger(version);
            if (_material is Ed25519Material derived && options.Derivation != KeyDerivation.None)
            {
                // Nobody can know it beforehand. Vault spells its name in two ways.
                Span<byte> publicKey = stackalloc byte[Ed25519Material.PublicKeyBytes];
                derived.DerivePublicKey(options.Derivation, context, publicKey);
                output.Write(Input.IsBatch ? ",\"publickey\":\""u8 : ",\"public_key\":\""u8);
                output.WriteBase64(publicKey);
                output.Write("\""u8);
            }
        }
    }
}
