using System.Security.Cryptography;

namespace Saas.Encryption.Vault;

/// <summary>
/// Ids of requests: random UUIDs (RFC 9562, version 4), whose randomness a thread draws for many at once, because each
/// draw is a call to the kernel. They name requests in support; nothing is secret about them.
/// </summary>
internal static class RequestIds
{
    private const int DrawnAtOnce = 64;
    private const int Bytes = 16;

    [ThreadStatic]
    private static byte[]? s_drawn;

    [ThreadStatic]
    private static int s_next;

    public static Guid Next()
    {
        var drawn = s_drawn ??= new byte[DrawnAtOnce * Bytes];
        if (s_next == 0)
        {
            RandomNumberGenerator.Fill(drawn);
        }

        var id = drawn.AsSpan(s_next * Bytes, Bytes);
        s_next = (s_next + 1) % DrawnAtOnce;
        id[6] = (byte)((id[6] & 0x0f) | 0x40);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
