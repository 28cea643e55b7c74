namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>A hash algorithm of OpenSSL, fetched once for the life of the process. Safe for concurrent use.</summary>
internal readonly unsafe struct EvpDigest
{
    private static readonly EvpDigest[] Fetched = [.. Enum.GetValues<DigestAlgorithm>().Select(Fetch)];

    private EvpDigest(nint handle) => Handle = handle;

    /// <summary>EVP_MD. Zero for none, which OpenSSL takes for "no hash".</summary>
    public nint Handle { get; }

    public static EvpDigest Of(DigestAlgorithm algorithm) => Fetched[(int)algorithm];

    public int Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        uint written;
        fixed (byte* from = input, to = destination)
        {
            byte nothing;
            var start = from is null ? &nothing : from;
            Crypto.Require(
                Crypto.EVP_Digest(start, (nuint)input.Length, to, &written, Handle, 0) > 0, "EVP_Digest");
        }

        return (int)written;
    }

    public int Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        uint written;
        fixed (byte* secret = key, from = input, to = destination)
        {
            byte nothing;
            var start = from is null ? &nothing : from;
            var result = Crypto.HMAC(Handle, secret, key.Length, start, (nuint)input.Length, to, &written);
            Crypto.Require(result is not null, "HMAC");
        }

        return (int)written;
    }

    private static EvpDigest Fetch(DigestAlgorithm algorithm)
    {
        var name = algorithm switch
        {
            DigestAlgorithm.None => null,
            DigestAlgorithm.Sha1 => "SHA1",
            _ => algorithm.WireName.ToUpperInvariant(),
        };
        var handle = name is null ? 0 : Crypto.EVP_MD_fetch(0, name, 0);
        Crypto.Require(name is null || handle != 0, $"EVP_MD_fetch({name})");
        return new EvpDigest(handle);
    }
}
