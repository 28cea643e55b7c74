using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Crash;

/// <summary>
/// One client among many: encrypts, and decrypts what it was given before. The app may be gone at any time, and may
/// refuse versions below the minimum; whatever it answers otherwise must be right.
/// </summary>
internal sealed class CrashClient(HttpClient http, int number)
{
    private const string TooOld = "ciphertext or signature version is disallowed by policy (too old)";

    private readonly Random _random = new(number);
    private readonly List<(string Plaintext, string Ciphertext)> _answered = [];

    /// <summary>What was answered with 200, and has to be decryptable for ever.</summary>
    public IReadOnlyList<(string Plaintext, string Ciphertext)> Answered => _answered;

    public int Decrypted { get; private set; }

    /// <summary>Calls that met no server, or one that was going down.</summary>
    public int Lost { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await EncryptAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes($"client {number}, text {i}")));
            if (_answered.Count > 0)
            {
                await DecryptAsync(_answered[_random.Next(_answered.Count)]);
            }
        }
    }

    private async Task EncryptAsync(string plaintext)
    {
        if (await CallAsync("encrypt", new JsonObject { ["plaintext"] = plaintext }) is { } reply)
        {
            _answered.Add((plaintext, reply.MustBeOk().Data["ciphertext"]!.GetValue<string>()));
        }
    }

    private async Task DecryptAsync((string Plaintext, string Ciphertext) known)
    {
        if (await CallAsync("decrypt", new JsonObject { ["ciphertext"] = known.Ciphertext }) is not { } reply)
        {
            return;
        }

        if (reply.Status == HttpStatusCode.BadRequest && reply.Errors is [TooOld])
        {
            return;
        }

        Assert.Equal(known.Plaintext, reply.MustBeOk().Data["plaintext"]!.GetValue<string>());
        Decrypted++;
    }

    /// <returns>Null: it was not answered, or is to be asked again later.</returns>
    private async Task<VaultReply?> CallAsync(string verb, JsonObject body)
    {
        try
        {
            var reply = await http.WriteAsync($"transit/{verb}/orders", body);
            if (reply.Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            {
                return reply;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Lost++;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50));
        return null;
    }
}
