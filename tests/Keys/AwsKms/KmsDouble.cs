using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Saas.Keys.Tests.AwsKms;

/// <summary>
/// KMS as its clients see it: JSON 1.1 by X-Amz-Target, requests signed by Signature Version 4 (which it checks), one
/// symmetric key whose backing material rotates behind one ARN, and its errors.
/// </summary>
internal sealed class KmsDouble : IAsyncDisposable
{
    public const string Arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private const int Nonce = 12;
    private const int Tag = 16;

    private readonly WebApplication _app;
    private readonly List<byte[]> _materials = [RandomNumberGenerator.GetBytes(32)];

    private KmsDouble()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public bool IsDisabled { get; set; }

    /// <summary>Error types answered one after the other, before anything else.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public ConcurrentQueue<(string Target, JsonNode Body)> Requests { get; } = new();

    public static async Task<KmsDouble> StartAsync()
    {
        var kms = new KmsDouble();
        await kms._app.StartAsync();
        return kms;
    }

    public void Rotate() => _materials.Add(RandomNumberGenerator.GetBytes(32));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Failures.TryDequeue(out var type))
        {
            await ErrorAsync(context, type);
            return;
        }

        if (context.Request.ContentType != "application/x-amz-json-1.1" || !SignatureV4.IsValid(context.Request, body.ToArray(), "eu-west-1", "kms"))
        {
            await ErrorAsync(context, "IncompleteSignatureException");
            return;
        }

        var request = JsonNode.Parse(body.ToArray())!;
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        Requests.Enqueue((target, request));
        if ((string?)request["KeyId"] != Arn)
        {
            await ErrorAsync(context, "NotFoundException");
        }
        else if (IsDisabled)
        {
            await ErrorAsync(context, "DisabledException");
        }
        else
        {
            await (target switch
            {
                "TrentService.Encrypt" => EncryptAsync(context, request),
                "TrentService.Decrypt" => DecryptAsync(context, request),
                _ => ErrorAsync(context, "UnknownOperationException"),
            });
        }
    }

    private async Task EncryptAsync(HttpContext context, JsonNode request)
    {
        var plain = Convert.FromBase64String((string)request["Plaintext"]!);
        var blob = new byte[1 + Nonce + plain.Length + Tag];
        blob[0] = (byte)(_materials.Count - 1);
        RandomNumberGenerator.Fill(blob.AsSpan(1, Nonce));
        using var aes = new AesGcm(_materials[^1], Tag);
        aes.Encrypt(blob.AsSpan(1, Nonce), plain, blob.AsSpan(1 + Nonce, plain.Length), blob.AsSpan(blob.Length - Tag), Context(request));
        await JsonAsync(context, new JsonObject { ["KeyId"] = Arn, ["CiphertextBlob"] = Convert.ToBase64String(blob), ["EncryptionAlgorithm"] = "SYMMETRIC_DEFAULT" });
    }

    private async Task DecryptAsync(HttpContext context, JsonNode request)
    {
        var blob = Convert.FromBase64String((string)request["CiphertextBlob"]!);
        if (blob.Length < 1 + Nonce + Tag || blob[0] >= _materials.Count)
        {
            await ErrorAsync(context, "InvalidCiphertextException");
            return;
        }

        try
        {
            var plain = new byte[blob.Length - 1 - Nonce - Tag];
            using var aes = new AesGcm(_materials[blob[0]], Tag);
            aes.Decrypt(blob.AsSpan(1, Nonce), blob.AsSpan(1 + Nonce, plain.Length), blob.AsSpan(blob.Length - Tag), plain, Context(request));
            await JsonAsync(context, new JsonObject { ["KeyId"] = Arn, ["Plaintext"] = Convert.ToBase64String(plain), ["EncryptionAlgorithm"] = "SYMMETRIC_DEFAULT" });
        }
        catch (AuthenticationTagMismatchException)
        {
            await ErrorAsync(context, "InvalidCiphertextException");
        }
    }

    private static byte[] Context(JsonNode request) => Encoding.UTF8.GetBytes(request["EncryptionContext"]?.ToJsonString() ?? "");

    private static Task ErrorAsync(HttpContext context, string type)
    {
        context.Response.StatusCode = type == "KMSInternalException" ? 500 : 400;
        return JsonAsync(context, new JsonObject { ["__type"] = type, ["message"] = "The double says no." });
    }

    private static Task JsonAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/x-amz-json-1.1";
        return context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Default));
    }
}
