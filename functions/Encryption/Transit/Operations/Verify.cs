using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Verifies signatures, or HMACs: all items of a batch are of one kind.</summary>
internal static class Verify
{
    private static readonly ParamSet Known = SignatureParams.Known + new ParamSet(Param.Signature, Param.Hmac);

    public static void Map(IRouteTable routes)
    {
        string[] patterns = ["/v1/{mount}/verify/{name}", "/v1/{mount}/verify/{name}/{urlalgorithm}"];
        foreach (var pattern in patterns)
        {
            routes.MapVault(VaultVerb.Write, pattern, Mounts.Engine.Transit, "transit:verify", "Verify signatures and HMACs of a key", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        return IsOfHmacs(input) ? await HmacsAsync(request, input, ct) : await SignaturesAsync(request, input, ct);
    }

    private static async ValueTask<VaultResponse> SignaturesAsync(VaultRequest request, OperationInput input, CancellationToken ct)
    {
        var options = SignatureParams.Read(request, input);
        if (await OperationKeys.FindForAsync(request, input, Param.Signature, ct) is not { } key)
        {
            return VaultResponse.BadRequest("signature verification key not found");
        }

        options = SignatureParams.For(key, options);
        using var versions = new LeasedVersions(request, key);
        return await new ItemRun(request, input, new SignatureVerb(input, versions, options)).RunAsync(ct);
    }

    private static async ValueTask<VaultResponse> HmacsAsync(VaultRequest request, OperationInput input, CancellationToken ct)
    {
        if (await OperationKeys.FindForAsync(request, input, Param.Hmac, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        var algorithm = Hmac.ParseAlgorithm(SignatureParams.HashName(request, input));
        using var versions = new LeasedVersions(request, key);
        return await new ItemRun(request, input, new HmacVerb(input, versions, algorithm)).RunAsync(ct);
    }

    /// <exception cref="VaultException">400: both, or neither, or not the same for all.</exception>
    private static bool IsOfHmacs(OperationInput input)
    {
        var (signatures, hmacs) = (0, 0);
        for (var i = 0; i < input.Count; i++)
        {
            if (input[i].Has(Param.Signature))
            {
                signatures++;
            }
            else if (input[i].Has(Param.Hmac))
            {
                hmacs++;
            }
        }

        var hasBoth = input.IsBatch ? signatures > 0 && hmacs > 0 : input[0].Has(Param.Signature) && input[0].Has(Param.Hmac);
        var fault = input.IsBatch switch
        {
            false when hasBoth => "provide one of 'signature', 'hmac' or 'cmac'",
            false when signatures + hmacs == 0 => "missing one of 'signature', 'hmac' or 'cmac' arguments to verify",
            true when hasBoth => "elements of batch_input must all provide either 'signature', 'hmac' or 'cmac'",
            true when signatures + hmacs == 0 => "no batch_input elements have 'signature', 'hmac' or 'cmac'",
            true when signatures + hmacs < input.Count => $"some elements of batch_input are missing '{(signatures > 0 ? "signature" : "hmac")}'",
            _ => null,
        };
        return fault is null ? hmacs > 0 : throw VaultException.BadRequest(fault);
    }
}
