using System.Globalization;
using System.Security.Cryptography;
using Saas.Cluster;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;
using Saas.Hosting.Metering;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>
/// Random bytes of the platform. Vault's other sources are a seal's: there is none here, so they are the platform's too,
/// with a warning.
/// </summary>
internal static class Random
{
    private const int MaxBytes = 128 * 1024;
    private const int DefaultBytes = 32;

    private static readonly ParamSet Known = new(Param.Bytes, Param.Format, Param.Source);

    public static void Map(IRouteTable routes)
    {
        string[] patterns = ["/v1/{mount}/random", "/v1/{mount}/random/{source}", "/v1/{mount}/random/{source}/{urlbytes}"];
        foreach (var pattern in patterns)
        {
            routes.MapVault(VaultVerb.Write, pattern, Mounts.Engine.Transit, "transit:random", "Random bytes", HandleAsync);
        }

        string[] tools = ["/v1/sys/tools/random", "/v1/sys/tools/random/{source}", "/v1/sys/tools/random/{source}/{urlbytes}"];
        foreach (var pattern in tools)
        {
            routes.MapSystem(VaultVerb.Write, pattern, "transit:random", _ => "tools", "Random bytes, without a mount", HandleAsync);
        }
    }

    private static ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var input = OperationInput.Read(request, Known);
        return ValueTask.FromResult(Answer(request, input));
    }

    private static VaultResponse Answer(VaultRequest request, OperationInput input)
    {
        var (source, bytes) = Wanted(request, input);
        if (bytes < 1)
        {
            return VaultResponse.BadRequest("\"bytes\" cannot be less than 1");
        }

        if (bytes > MaxBytes)
        {
            return VaultResponse.BadRequest($"\"bytes\" should be less than {MaxBytes}");
        }

        var isHex = TextFormat.IsHex(input.Option(Param.Format) ?? "base64");
        if (source is not ("platform" or "seal" or "all"))
        {
            return VaultResponse.BadRequest($"unsupported entropy source \"{source}\"; must be \"platform\" or \"seal\", or \"all\"");
        }

        if (source == "seal")
        {
            request.Warn("no seal/entropy augmentation available, using platform entropy source");
        }

        var response = VaultResponse.Written((2 * bytes) + 64);
        using var scratch = new Scratch();
        var random = scratch.Take(bytes);
        RandomNumberGenerator.Fill(random);
        response.Buffer.Write("{\"random_bytes\":\""u8);
        TextFormat.Write(response.Buffer, random, isHex);
        response.Buffer.Write("\"}"u8);
        request.Service<UsageMeter>().Count(request.Tenant.Tenant, Meters.TransitRandom, request.ProjectId, 1);
        return response;
    }

    /// <summary>The path may name the source, the number of bytes, or both.</summary>
    private static (string Source, int Bytes) Wanted(VaultRequest request, OperationInput input)
    {
        var first = request.Route("source");
        var second = request.Route("urlbytes");
        var isSource = first is "" or "platform" or "seal" or "all";
        if (second.Length > 0)
        {
            return (first, Parse(second));
        }

        return isSource
            ? (first.Length > 0 ? first : input.Option(Param.Source) ?? "platform", input.Option(Param.Bytes, DefaultBytes))
            : (input.Option(Param.Source) ?? "platform", Parse(first));
    }

    private static int Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw VaultException.BadRequest($"error parsing url-set byte count: strconv.Atoi: parsing \"{text}\": invalid syntax");
}
