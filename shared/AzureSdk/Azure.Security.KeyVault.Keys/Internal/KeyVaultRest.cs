using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Keys.Cryptography;

namespace Azure.Security.KeyVault.Keys.Internal;

/// <summary>The vault's requests: addresses, bodies, and what is an error.</summary>
internal sealed class KeyVaultRest(CryptographyClientOptions options, TokenCredential credential)
{
    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(new HttpPipelineOptions(options)
    {
        PerRetryPolicies = { new ChallengeAuthentication(credential, !options.DisableChallengeResourceVerification) },
    });

    /// <summary>
    /// The newest version of a key named without one; the key's own address if it has one, or if the caller may use
    /// keys and not read them.
    /// </summary>
    public async Task<Uri> FindVersionAsync(Uri keyId, CancellationToken ct)
    {
        const int segmentsWithVersion = 4;
        if (keyId.Segments.Length >= segmentsWithVersion)
        {
            return keyId;
        }

        using var message = CreateMessage(RequestMethod.Get, keyId, null);
        await _pipeline.SendAsync(message, ct);
        if (message.Response.Status == 403)
        {
            return keyId;
        }

        using var key = Read(message.Response);
        return new Uri(key.RootElement.GetProperty("key").GetProperty("kid").GetString()!);
    }

    public async Task<(string KeyId, byte[] Value)> OperateAsync(
        Uri keyId, string operation, string algorithm, byte[] value, CancellationToken ct)
    {
        var body = Body(algorithm, value);
        try
        {
            using var message = CreateMessage(RequestMethod.Post, keyId, operation);
            message.Request.Content = RequestContent.Create(body);
            await _pipeline.SendAsync(message, ct);
            using var result = Read(message.Response);
            return (
                result.RootElement.GetProperty("kid").GetString()!,
                Base64Url.DecodeFromChars(result.RootElement.GetProperty("value").GetString()));
        }
        finally
        {
            Array.Clear(body);
        }
    }

    /// <summary>It may hold a key, so it is written in an array that does not move and can be cleared.</summary>
    private static byte[] Body(string algorithm, byte[] value)
    {
        var text = new byte[Base64Url.GetEncodedLength(value.Length)];
        Base64Url.EncodeToUtf8(value, text);
        byte[] head = [.. "{\"alg\":\""u8, .. JsonEncodedText.Encode(algorithm).EncodedUtf8Bytes, .. "\",\"value\":\""u8];
        var body = GC.AllocateUninitializedArray<byte>(head.Length + text.Length + 2, pinned: true);
        head.CopyTo(body, 0);
        text.CopyTo(body, head.Length);
        "\"}"u8.CopyTo(body.AsSpan(head.Length + text.Length));
        Array.Clear(text);
        return body;
    }

    private HttpMessage CreateMessage(RequestMethod method, Uri keyId, string? operation)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(keyId);
        if (operation is not null)
        {
            message.Request.Uri.AppendPath("/" + operation, escape: false);
        }

        message.Request.Uri.AppendQuery("api-version", options.VersionText);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        return message;
    }

    /// <exception cref="RequestFailedException">The vault refused.</exception>
    private static JsonDocument Read(Response response) => response.Status == 200
        ? JsonDocument.Parse(response.Content.ToMemory())
        : throw new RequestFailedException(response);
}
