using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Hashes, without a key. A batch, which Vault does not have here, is one input an item.</summary>
internal static class Hash
{
    private const string Missing = "input missing";

    private static readonly ParamSet Known = new(Param.Input, Param.Reference, Param.Algorithm, Param.Format, Param.BatchInput);

    public static void Map(IRouteTable routes)
    {
        string[] patterns = ["/v1/{mount}/hash", "/v1/{mount}/hash/{urlalgorithm}"];
        foreach (var pattern in patterns)
        {
            routes.MapVault(VaultVerb.Write, pattern, Mounts.Engine.Transit, "transit:hash", "Hash data", HandleAsync);
        }

        foreach (var pattern in (string[])["/v1/sys/tools/hash", "/v1/sys/tools/hash/{urlalgorithm}"])
        {
            routes.MapSystem(VaultVerb.Write, pattern, "transit:hash", _ => "tools", "Hash data, without a mount", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        if (!input.IsBatch && !input[0].Has(Param.Input))
        {
            return VaultResponse.BadRequest(Missing);
        }

        var isHex = TextFormat.IsHex(input.Option(Param.Format) ?? "hex");
        var name = request.Route("urlalgorithm") is { Length: > 0 } ofPath ? ofPath : input.Option(Param.Algorithm) ?? "sha2-256";
        if (!Digests.TryParse(name, out var algorithm) || algorithm is DigestAlgorithm.None or DigestAlgorithm.Sha1)
        {
            return VaultResponse.BadRequest($"unsupported algorithm {name}");
        }

        return await new ItemRun(request, input, new Verb(input, algorithm, isHex)).RunAsync(ct);
    }

    private sealed class Verb(OperationInput input, DigestAlgorithm algorithm, bool isHex) : ItemVerb(input)
    {
        public override string Meter => Meters.TransitHash;

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

            Span<byte> sum = stackalloc byte[Digests.MaxBytes];
            sum = sum[..Digests.Hash(algorithm, bytes, sum)];
            output.Write("\"sum\":\""u8);
            TextFormat.Write(output, sum, isHex);
            output.Write("\""u8);
            return default;
        }
    }
}
