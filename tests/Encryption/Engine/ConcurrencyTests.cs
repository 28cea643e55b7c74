using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class ConcurrencyTests
{
    private const int Threads = 8;

    [Theory]
    [InlineData("aes256-gcm96")]
    [InlineData("chacha20-poly1305")]
    public void EightThreadsOverOneMaterialDecryptWhatTheyEncrypted(string name)
    {
        Assert.True(KeyTypes.TryParse(name, out var type));
        using var material = (AeadMaterial)KeyMaterial.Generate(type);
        Each(thread =>
        {
            var context = new byte[] { (byte)(thread + 1) };
            for (var i = 0; i < 2_000; i++)
            {
                var mode = (i % 3) switch { 0 => AeadMode.Plain, 1 => AeadMode.Derived, _ => AeadMode.Convergent };
                var plaintext = RandomNumberGenerator.GetBytes(i % 64);
                var ciphertext = new byte[AeadMaterial.CiphertextLength(mode, plaintext.Length)];
                var opened = new byte[plaintext.Length];
                Assert.Equal(CryptoFault.None, material.Encrypt(mode, new() { Context = context }, plaintext, ciphertext));
                Assert.Equal(CryptoFault.None, material.Decrypt(mode, new() { Context = context }, ciphertext, opened));
                Assert.Equal(plaintext, opened);
            }
        });
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa-p256")]
    [InlineData("rsa-2048")]
    public void EightThreadsOverOneMaterialVerifyWhatTheySigned(string name)
    {
        var material = (SigningMaterial)Materials.Of(name);
        Each(thread =>
        {
            for (var i = 0; i < 25; i++)
            {
                byte[] input = [(byte)thread, (byte)i];
                Assert.Equal(CryptoFault.None, material.Sign(SignatureOptions.Default, [], input, out var signature));
                Assert.Equal(CryptoFault.None, material.Verify(SignatureOptions.Default, [], input, signature, out var valid));
                Assert.True(valid);
                input[1] ^= 1;
                Assert.Equal(CryptoFault.None, material.Verify(SignatureOptions.Default, [], input, signature, out valid));
                Assert.False(valid);
            }
        });
    }

    private static void Each(Action<int> work)
    {
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Threads).Select(n => new Thread(() =>
        {
            try
            {
                work(n);
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Empty(failures);
    }
}
