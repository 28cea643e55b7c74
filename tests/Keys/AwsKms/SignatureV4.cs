using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Saas.Keys.Tests.AwsKms;

/// <summary>The server's side of AWS Signature Version 4, for one access key.</summary>
internal static class SignatureV4
{
    public const string AccessKey = "AKIDOFTHETEST";
    public const string SecretKey = "the secret of the test";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    public static bool IsValid(HttpRequest request, byte[] body, string region, string service)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = authorization[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(static part => part.Split('=', 2)).ToDictionary(static part => part[0], static part => part[1], StringComparer.Ordinal);
        if (parts["Credential"].Split('/') is not [AccessKey, var date, var signedRegion, var signedService, "aws4_request"]
            || signedRegion != region || signedService != service)
        {
            return false;
        }

        var signed = parts["SignedHeaders"].Split(';');
        var canonical = string.Join('\n',
        [
            request.Method, request.Path.Value!, "",
            .. signed.Select(name => $"{name}:{request.Headers[name].ToString().Trim()}"), "",
            parts["SignedHeaders"], Hex(SHA256.HashData(body)),
        ]);
        var scope = $"{date}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{request.Headers["X-Amz-Date"]}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { date, region, service, "aws4_request" }
            .Aggregate(Encoding.UTF8.GetBytes("AWS4" + SecretKey), static (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == parts["Signature"];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
