using System.Text;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Tests.Vault;

public sealed class VaultFieldsTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"1\"", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("\"f\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("0", false)]
    public void Bool_AsEveryClientSendsIt_IsRead(string json, bool expected)
    {
        using var fields = Parse($$"""{"derived":{{json}}}""");

        Assert.Equal(expected, fields.Bool("derived"));
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("\"3\"", 3)]
    [InlineData("\"-3\"", -3)]
    [InlineData("\"\"", 0)]
    public void Int_AsEveryClientSendsIt_IsRead(string json, int expected)
    {
        using var fields = Parse($$"""{"key_version":{{json}}}""");

        Assert.Equal(expected, fields.Int("key_version"));
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("\"3600\"")]
    [InlineData("\"1h\"")]
    public void Duration_AsEveryClientSendsIt_IsRead(string json)
    {
        using var fields = Parse($$"""{"ttl":{{json}}}""");

        Assert.Equal(TimeSpan.FromHours(1), fields.Duration("ttl"));
    }

    [Theory]
    [InlineData("[\"a\",\"b\"]")]
    [InlineData("\"a,b\"")]
    [InlineData("\"a, b,\"")]
    public void Strings_AsAListOrDividedByCommas_AreRead(string json)
    {
        using var fields = Parse($$"""{"paths":{{json}}}""");

        Assert.Equal(["a", "b"], fields.Strings("paths"));
    }

    [Theory]
    [InlineData("""{"x":null}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public void What_is_null_or_missing_was_not_given(string body)
    {
        using var fields = Parse(body);

        Assert.False(fields.Has("x"));
        Assert.Null(fields.String("x"));
        Assert.Null(fields.Bool("x"));
        Assert.Null(fields.Int("x"));
        Assert.Null(fields.Duration("x"));
        Assert.Null(fields.Strings("x"));
    }

    [Fact]
    public void A_value_of_another_type_is_refused_by_its_field_and_never_shown()
    {
        using var fields = Parse("""{"a":"top-secret","b":{"c":"top-secret"}}""");

        Exception[] refusals =
        [
            Assert.Throws<VaultException>(() => fields.Bool("a")),
            Assert.Throws<VaultException>(() => fields.Int("a")),
            Assert.Throws<VaultException>(() => fields.Duration("a")),
            Assert.Throws<VaultException>(() => fields.String("b")),
            Assert.Throws<VaultException>(() => fields.Strings("b")),
        ];

        Assert.All(refusals, r => Assert.StartsWith("Field validation failed: error converting input for field \"", r.Message, StringComparison.Ordinal));
        Assert.All(refusals, r => Assert.DoesNotContain("secret", r.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":1} x")]
    public void A_body_that_is_no_object_is_refused(string body)
    {
        var refusal = Assert.Throws<VaultException>(() => Parse(body));

        Assert.Equal(400, refusal.Error.Status);
        Assert.StartsWith("failed to parse JSON input", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 301)) + "1" + new string('}', 301);

        Assert.Throws<VaultException>(() => Parse(body));
    }

    private static VaultFields Parse(string body) => VaultFields.Parse(Encoding.UTF8.GetBytes(body));
}
