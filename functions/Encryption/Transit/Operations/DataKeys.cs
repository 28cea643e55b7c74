using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Metering;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Makes several data keys with the same parameters, as Vault Enterprise does: <c>count</c> of them.</summary>
internal static class DataKeys
{
    private static readonly ParamSet Known = new(
        Param.Context, Param.Nonce, Param.AssociatedData, Param.KeyVersion, Param.Bits, Param.PaddingScheme, Param.HashAlgorithm, Param.Count);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/datakeys/{type}/{name}", Mounts.Engine.Transit, "transit:datakey", "Make several data keys", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        var isPlaintextAnswered = DataKey.IsPlaintextAnswered(request);
        var count = input.Option(Param.Count, 1);
        if (count is < 1 or > OperationInput.MaxItems)
        {
            return VaultResponse.BadRequest($"count must be between 1 and {OperationInput.MaxItems}");
        }

        if (await OperationKeys.FindForAsync(request, input, ct) is not { } key)
        {
            return VaultResponse.BadRequest(OperationKeys.NotFound);
        }

        using var versions = new LeasedVersions(request, key);
        var cipher = new KeyCipher(versions);
        var fault = cipher.ChooseVersion(input[0].KeyVersion, out var version);
        if (!fault.IsNone)
        {
            return VaultResponse.BadRequest(fault.Text!);
        }

        await versions.LeaseAsync(version, ct);
        var response = VaultResponse.Written(64 + (count * 256));
        try
        {
            Write(response.Buffer, input, cipher, count, isPlaintextAnswered, version, ct);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        request.Service<UsageMeter>().Count(request.Tenant.Tenant, Meters.Transit(key.Type.WireName), request.ProjectId, count);
        return response;
    }

    private static void Write(
        PooledBuffer output, OperationInput input, KeyCipher cipher, int count, bool isPlaintextAnswered, int version, CancellationToken ct)
    {
        using var scratch = new Scratch();
        output.Write("{\"key_pairs\":["u8);
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var fault = DataKey.Make(input, 0, cipher, scratch, out var pair);
            if (!fault.IsNone)
            {
                throw VaultException.BadRequest(fault.Text!);
            }

            output.Write(i == 0 ? "{\"ciphertext\":\""u8 : ",{\"ciphertext\":\""u8);
            output.WriteVersion(version);
            output.WriteBase64(pair.Ciphertext);
            if (isPlaintextAnswered)
            {
                output.Write("\",\"plaintext\":\""u8);
                output.WriteBase64(pair.Plaintext);
            }

            output.Write("\"}"u8);
            scratch.Reset();
        }

        output.Write("],\"key_version\":"u8);
        output.WriteInteger(version);
        output.Write("}"u8);
    }
}
