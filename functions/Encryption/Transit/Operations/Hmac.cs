using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Authenticates data with the HMAC key that every version of every key has.</summary>
internal static class Hmac
{
    public const string DefaultAlgorithm = "sha2-256";

    private const string Missing = "missing input for HMAC";

    private static readonly ParamSet Known = new(Param.Input, Param.Reference, Param.KeyVersion, Param.Algorithm, Param.BatchInput);

    public static void Map(IRouteTable routes)
    {
        string[] patterns = ["/v1/{mount}/hmac/{name}", "/v1/{mount}/hmac/{name}/{urlalgorithm}"];
        foreach (var pattern in patterns)
        {
            routes.MapVault(VaultVerb.Write, pattern, Mounts.Engine.Transit, "transit:hmac", "Authenticate data with a key", HandleAsync);
        }
    }

    /// <exception cref="VaultException">400: no algorithm there is an HMAC of.</exception>
    public static DigestAlgorithm ParseAlgorithm(string name) =>
        Digests.TryParse(name, out var algorithm) && algorithm != DigestAlgorithm.None
            ? algorithm
            : throw VaultException.BadRequest($"unsupported algorithm \"{name}\"");

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        if (await OperationKeys.FindForAsync(request, input, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        var version = VersionOf(key, input.Option(Param.KeyVersion, 0));
        var algorithm = ParseAlgorithm(
            request.Route("urlalgorithm") is { Length: > 0 } ofPath ? ofPath : input.Option(Param.Algorithm) ?? DefaultAlgorithm);
        if (!input.IsBatch && !input[0].Has(Param.Input))
        {
            return VaultResponse.BadRequest(Missing);
        }

        using var versions = new LeasedVersions(request, key);
        await versions.LeaseAsync(version, ct);
        return await new ItemRun(request, input, new Verb(input, versions, version, algorithm)).RunAsync(ct);
    }

    /// <exception cref="VaultException">400: too old, or none there is.</exception>
    private static int VersionOf(TransitKey key, int requested)
    {
        if (requested == 0 || requested == key.LatestVersion)
        {
            return key.LatestVersion;
        }

        if (key.MinEncryptionVersion > 0 && requested < key.MinEncryptionVersion)
        {
            throw VaultException.BadRequest("cannot generate HMAC: version is too old (disallowed by policy)");
        }

        return requested < 0 ? throw VaultException.BadRequest("key version does not exist (cannot be negative)")
            : requested > key.LatestVersion ? throw VaultException.BadRequest($"key version does not exist; latest key version is {key.LatestVersion}")
            : key.Find(requested) is null ? throw VaultException.BadRequest("no such key version")
            : requested;
    }

    private sealed class Verb(OperationInput input, LeasedVersions versions, int version, DigestAlgorithm algorithm) : ItemVerb(input)
    {
        private readonly KeyMaterial _material = versions[version];

        public override string Meter => Meters.Transit(versions.Key.Type.WireName);

        public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
        {
            if (!Input[index].Has(Param.Input))
            {
                return Missing;
            }

            if (DecodeInput(index, scratch, out var bytes) is { IsNone: false } fault)
            {
                return fault;
            }

            Span<byte> code = stackalloc byte[Digests.MaxBytes];
            code = code[.._material.Hmac(algorithm, bytes, code)];
            output.Write("\"hmac\":\""u8);
            output.WriteVersion(version);
            output.WriteBase64(code);
            output.Write("\""u8);
            return default;
        }
    }
}
