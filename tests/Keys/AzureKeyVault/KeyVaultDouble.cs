using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Saas.Keys.Tests.AzureKeyVault;

/// <summary>
/// A vault that speaks Key Vault's REST protocol over HTTPS: challenges, key versions, wrapKey and unwrapKey, and its
/// errors. It listens on loopback; <see cref="Transport"/> reaches it under a vault's real name and trusts its
/// certificate and no other.
/// </summary>
internal sealed class KeyVaultDouble : IAsyncDisposable
{
    public const string KeyName = "root";

    /// <summary>Making RSA keys is slow: vaults share them.</summary>
    private static readonly RSA[] Keys = [RSA.Create(2048), RSA.Create(2048), RSA.Create(2048)];

    private static readonly X509Certificate2 Certificate = SelfSigned("vault.azure.net", Keys[0]);

    private readonly WebApplication _app;
    private readonly List<(string Version, RSA Key)> _versions = [];
    private int _port;

    private KeyVaultDouble()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate)));
        _app = builder.Build();
        _app.Run(AnswerAsync);
        Rotate();
    }

    /// <summary>One of its own: challenges are remembered by host for the life of a process.</summary>
    public string Host { get; } = $"v{Guid.NewGuid():n}"[..20] + ".vault.azure.net";

    public string KeyUrl => $"https://{Host}/keys/{KeyName}";

    public string CurrentUrl => $"{KeyUrl}/{_versions[^1].Version}";

    public FakeCredential Credential { get; } = new();

    /// <summary>What the challenge names.</summary>
    public string Resource { get; set; } = "https://vault.azure.net";

    public bool MayReadKeys { get; set; } = true;

    public bool MayUseKeys { get; set; } = true;

    public HashSet<string> Disabled { get; } = [];

    /// <summary>Answered one after the other, before anything else is looked at.</summary>
    public ConcurrentQueue<(int Status, string? RetryAfter)> Failures { get; } = new();

    public ConcurrentQueue<(string Method, string Path, bool HasToken, long Body)> Requests { get; } = new();

    public static async Task<KeyVaultDouble> StartAsync()
    {
        var vault = new KeyVaultDouble();
        await vault._app.StartAsync();
        var address = vault._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        vault._port = new Uri(address).Port;
        return vault;
    }

    public HttpPipelineTransport Transport() => new HttpClientTransport(new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, _port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == Certificate.GetCertHashString(),
        },
    }));

    public void Rotate() => _versions.Add((Guid.NewGuid().ToString("n"), Keys[_versions.Count % Keys.Length]));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var hasToken = context.Request.Headers.Authorization == $"Bearer {FakeCredential.Token}";
        Requests.Enqueue((context.Request.Method, context.Request.Path, hasToken, body.Length));
        if (Failures.TryDequeue(out var failure))
        {
            context.Response.Headers.RetryAfter = failure.RetryAfter;
            await ErrorAsync(context, failure.Status, "Throttled");
        }
        else if (!hasToken)
        {
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.microsoftonline.com/{FakeCredential.Directory}\", resource=\"{Resource}\"";
            await ErrorAsync(context, 401, "Unauthorized");
        }
        else if (context.Request.Query["api-version"] != "7.6")
        {
            await ErrorAsync(context, 400, "BadParameter");
        }
        else
        {
            await OperateAsync(context, body.ToArray());
        }
    }

    private async Task OperateAsync(HttpContext context, byte[] body)
    {
        string[] path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is not ["keys", KeyName, ..])
        {
            await ErrorAsync(context, 404, "KeyNotFound");
            return;
        }

        var isRead = context.Request.Method == "GET";
        var named = path.Length > (isRead ? 2 : 3) ? path[2] : null;
        var (version, key) = named is null ? _versions[^1] : _versions.Find(v => v.Version == named);
        var id = $"{KeyUrl}/{version}";
        if (key is null)
        {
            await ErrorAsync(context, 404, "KeyNotFound");
        }
        else if (isRead ? !MayReadKeys : !MayUseKeys)
        {
            await ErrorAsync(context, 403, "Forbidden");
        }
        else if (isRead)
        {
            await JsonAsync(context, new JsonObject { ["key"] = new JsonObject { ["kid"] = id, ["kty"] = "RSA" } });
        }
        else if (Disabled.Contains(version))
        {
            await ErrorAsync(context, 403, "Forbidden");
        }
        else
        {
            await WrapOrUnwrapAsync(context, path[^1], id, key, JsonNode.Parse(body)!);
        }
    }

    private static async Task WrapOrUnwrapAsync(HttpContext context, string operation, string id, RSA key, JsonNode request)
    {
        try
        {
            Assert.Equal("RSA-OAEP-256", (string?)request["alg"]);
            var value = Base64Url.DecodeFromChars((string)request["value"]!);
            var result = operation.ToUpperInvariant() switch
            {
                "WRAPKEY" => key.Encrypt(value, RSAEncryptionPadding.OaepSHA256),
                "UNWRAPKEY" => key.Decrypt(value, RSAEncryptionPadding.OaepSHA256),
                _ => throw new CryptographicException(operation),
            };
            await JsonAsync(context, new JsonObject { ["kid"] = id, ["value"] = Base64Url.EncodeToString(result) });
        }
        catch (CryptographicException)
        {
            await ErrorAsync(context, 400, "BadParameter");
        }
    }

    private static Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return JsonAsync(context, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = $"The double says {code}." } });
    }

    private static Task JsonAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Default));
    }

    private static X509Certificate2 SelfSigned(string domain, RSA key)
    {
        var request = new CertificateRequest($"CN=*.{domain}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}

internal sealed class FakeCredential : TokenCredential
{
    public const string Token = "a-token-of-the-test";
    public const string Directory = "11111111-2222-3333-4444-555555555555";

    public ConcurrentQueue<TokenRequestContext> Asked { get; } = new();

    public bool IsRefused { get; set; }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Asked.Enqueue(requestContext);
        return IsRefused
            ? throw new Azure.Identity.AuthenticationFailedException("The test refuses a token.")
            : new AccessToken(Token, TimeProvider.System.GetUtcNow().AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
