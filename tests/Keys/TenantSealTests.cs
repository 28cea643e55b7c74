using System.Security.Cryptography;
using Saas.Keys.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Keys.Tests;

public sealed class TenantSealTests : IDisposable
{
    private static readonly byte[] Plain = "what the tenant keeps"u8.ToArray();

    private readonly KeysBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(300_000)]
    public async Task Open_WhatWasSealedThere_GivesItBack(int bytes)
    {
        var tenant = _bench.NewTenant();
        using var seal = await _bench.Instance().OpenAsync(tenant, default);
        var plain = RandomNumberGenerator.GetBytes(bytes);

        var value = seal.Seal(tenant.Partition("things"), "row", plain);

        using var opened = seal.Open(tenant.Partition("things"), "row", value);
        Assert.Equal(plain, opened.Span.ToArray());
        Assert.Equal(plain.Length + TenantSeal.OverheadBytes, value.Length);
    }

    [Theory]
    [InlineData("things", "a", "other row")]
    [InlineData("things", "b", "row")]
    [InlineData("others", "a", "row")]
    [InlineData("things", "a|row", "")]
    public async Task Open_MovedToAnotherPlace_IsRefused(string table, string part, string row)
    {
        var tenant = _bench.NewTenant();
        using var seal = await _bench.Instance().OpenAsync(tenant, default);
        var value = seal.Seal(tenant.Partition("things", "a"), "row", Plain);

        Assert.Throws<SealBrokenException>(() => seal.Open(tenant.Partition(table, part), row, value));
    }

    [Fact]
    public async Task Open_MovedToAnotherTenant_IsRefused()
    {
        var (mine, theirs) = (_bench.NewTenant(), _bench.NewTenant());
        var keys = _bench.Instance();
        using var seal = await keys.OpenAsync(mine, default);
        using var other = await keys.OpenAsync(theirs, default);
        var value = seal.Seal(mine.Partition("things"), "row", Plain);

        Assert.Throws<SealBrokenException>(() => other.Open(theirs.Partition("things"), "row", value));
        Assert.Throws<ArgumentException>(() => other.Open(mine.Partition("things"), "row", value));
        Assert.Throws<ArgumentException>(() => other.Seal(mine.Partition("things"), "row", Plain));
    }

    [Fact]
    public async Task Open_AnyByteChangedOrCutOff_IsRefused()
    {
        var tenant = _bench.NewTenant();
        var place = tenant.Partition("things");
        using var seal = await _bench.Instance().OpenAsync(tenant, default);
        var value = seal.Seal(place, "row", Plain);

        for (var i = 0; i < value.Length; i++)
        {
            var changed = value.ToArray();
            changed[i] ^= 1;
            Assert.Throws<SealBrokenException>(() => seal.Open(place, "row", changed));
            Assert.Throws<SealBrokenException>(() => seal.Open(place, "row", value.AsSpan(0, i)));
        }

        Assert.Throws<SealBrokenException>(() => seal.Open(place, "row", [.. value, 0]));
    }

    [Fact]
    public async Task Seal_TheSameTwice_SharesNothing()
    {
        var tenant = _bench.NewTenant();
        using var seal = await _bench.Instance().OpenAsync(tenant, default);

        var one = seal.Seal(tenant.Partition("things"), "row", Plain);
        var two = seal.Seal(tenant.Partition("things"), "row", Plain);

        Assert.Equal(1, one[0]);
        Assert.NotEqual(one.AsSpan(1, 16).ToArray(), two.AsSpan(1, 16).ToArray());
        Assert.NotEqual(one.AsSpan(17).ToArray(), two.AsSpan(17).ToArray());
    }

    /// <summary>The layout in the documentation, followed by hand: what is stored today opens for ever.</summary>
    [Fact]
    public void Seal_Layout_IsAsDocumented()
    {
        var root = RandomNumberGenerator.GetBytes(32);
        var value = SealedValue.Seal(root, new SealedPlace("things", "ten_x|p", "row"), Plain);

        byte[] info = [.. Prefixed("saas/seal/1"), .. Prefixed("things"), .. Prefixed("ten_x|p"), .. Prefixed("row")];
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, value[1..17], info);
        var plain = new byte[Plain.Length];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(new byte[12], value.AsSpan()[17..^16], value.AsSpan()[^16..], plain, [1, .. info]);

        Assert.Equal(Plain, plain);
    }

    [Fact]
    public async Task Derive_SamePurpose_SameKeyOnEveryInstance_AndNoOther()
    {
        var (tenant, other) = (_bench.NewTenant(), _bench.NewTenant());
        using var here = await _bench.Instance().OpenAsync(tenant, default);
        using var there = await _bench.Instance().OpenAsync(tenant, default);
        using var others = await _bench.Instance().OpenAsync(other, default);

        var key = Hex(here.Derive("audit", 32));

        Assert.Equal(key, Hex(there.Derive("audit", 32)));
        Assert.NotEqual(key, Hex(here.Derive("audit2", 32)));
        Assert.NotEqual(key, Hex(others.Derive("audit", 32)));
        Assert.DoesNotContain(Hex(here.Derive("audit", 16)), key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seal_AfterDispose_IsRefused()
    {
        var tenant = _bench.NewTenant();
        var seal = await _bench.Instance().OpenAsync(tenant, default);
        seal.Dispose();
        seal.Dispose();

        Assert.Throws<ObjectDisposedException>(() => seal.Seal(tenant.Partition("things"), "row", Plain));
        Assert.Throws<ObjectDisposedException>(() => seal.Derive("audit", 32));
    }

    private static byte[] Prefixed(string text) => [0, 0, 0, (byte)text.Length, .. System.Text.Encoding.UTF8.GetBytes(text)];

    private static string Hex(SecretBuffer buffer)
    {
        using (buffer)
        {
            return Convert.ToHexString(buffer.Span);
        }
    }
}
