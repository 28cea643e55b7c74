using Saas.Encryption.Vault;

namespace Saas.Encryption.Tests.Vault;

public sealed class VaultDurationTests
{
    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("1h", 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("30d", 2_592_000)]
    [InlineData("1d12h", 129_600)]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("-1s", -1)]
    [InlineData("-5", -5)]
    [InlineData("0", 0)]
    [InlineData("", 0)]
    [InlineData(" 10s ", 10)]
    public void TryParse_EveryFormVaultTakes_IsThatLong(string text, double seconds)
    {
        Assert.True(VaultDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("h")]
    [InlineData("1x")]
    [InlineData("1h 30m")]
    [InlineData("1..5h")]
    [InlineData("--1h")]
    [InlineData("1e3")]
    [InlineData("999999999999")]
    [InlineData("9999999d")]
    public void TryParse_WhatIsNoDurationOrLongerThanACentury_IsRefused(string text) =>
        Assert.False(VaultDuration.TryParse(text, out _));
}
