using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Hosting.Audit;

namespace Saas.Hosting.Tests.Audit;

public sealed class AuditValuesTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly AuditValues _values = new(Key);

    public void Dispose() => _values.Dispose();

    [Theory]
    [InlineData("members keep their names, values do not show", """{"plaintext":"aGVsbG8=","key_version":1}""", """{"plaintext":"<aGVsbG8=>","key_version":"<1>"}""")]
    [InlineData("booleans and null stay", """{"a":true,"b":false,"c":null}""", """{"a":true,"b":false,"c":null}""")]
    [InlineData("structure stays", """{"a":{"b":[{"c":"x"},[],{}]}}""", """{"a":{"b":[{"c":"<x>"},[],{}]}}""")]
    [InlineData("white space goes", " { \"a\" :\t\"x\" }\r\n", """{"a":"<x>"}""")]
    [InlineData("escapes are resolved", """{"a":"\u0078\"\n\ud83d\ude00"}""", "{\"a\":\"<x\"\n😀>\"}")]
    [InlineData("text beyond ASCII", """{"a":"ä😀"}""", """{"a":"<ä😀>"}""")]
    [InlineData("numbers as they came", "[1,1.0,1e0,-0]", """["<1>","<1.0>","<1e0>","<-0>"]""")]
    [InlineData("an empty string", "\"\"", "\"<>\"")]
    [InlineData("a bare value", "\"x\"", "\"<x>\"")]
    [InlineData("a member twice", """{"a":"x","a":"y"}""", """{"a":"<x>","a":"<y>"}""")]
    [InlineData("no JSON", """{"a":"x""", "\"<{\"a\":\"x>\"")]
    [InlineData("something behind", """{"a":"x"}!""", "\"<{\"a\":\"x\"}!>\"")]
    [InlineData("half a surrogate pair", """{"a":"\ud83d"}""", "\"<{\"a\":\"\\ud83d\"}>\"")]
    [InlineData("sixteen elements", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,true]", """["<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>","<1>",true]""")]
    [InlineData("seventeen elements", """{"a":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1, {"x":[]}],"b":"y"}""", """{"a":{"items":17,"hmac":"<[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1, {"x":[]}]>"},"b":"<y>"}""")]
    public void Write_Json_KeepsItsStructureAndHashesItsValues(string situation, string json, string expected)
    {
        Assert.NotEmpty(situation);
        Assert.Equal(Hashed(expected), _values.Of(Encoding.UTF8.GetBytes(json)).ToString());
    }

    [Fact]
    public void Write_WhatIsTooDeepOrTooLong_IsOneHash()
    {
        var deep = new string('[', AuditValues.MaxDepth + 1) + new string(']', AuditValues.MaxDepth + 1);
        var wide = "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"m{i}\":\"v\"")) + "}";
        var slow = string.Concat(Enumerable.Repeat("[", 20)) + $"\"{new string('x', 100_000)}\"" + string.Concat(Enumerable.Repeat("]", 20));
        foreach (var json in new[] { deep, wide, slow, "" })
        {
            Assert.Equal($"\"{Hmac(json)}\"", _values.Of(Encoding.UTF8.GetBytes(json)).ToString());
        }
    }

    [Fact]
    public void Write_InvalidUtf8_IsHashedAsItCame()
    {
        byte[] value = [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        Assert.Equal($$"""{"a":"hmac-sha256:{{Convert.ToHexStringLower(HMACSHA256.HashData(Key, (byte[])[0xff, 0xfe]))}}"}""", _values.Of(value).ToString());
    }

    [Fact]
    public void Write_MarkedValuesOfAnyShape_NeverShow()
    {
        const string Mark = "MARKED-PLAINTEXT-4711";
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var json = Any(random, 4)?.ToJsonString() ?? "null";
            var cut = random.Next(4) == 0 ? json[..random.Next(json.Length)] : json;
            var written = _values.Of(Encoding.UTF8.GetBytes(cut)).ToString();
            Assert.DoesNotContain("MARKED", written, StringComparison.Ordinal);
            Assert.DoesNotContain("4711", written, StringComparison.Ordinal);
            using var parsed = JsonDocument.Parse(written);
            Assert.Equal(written, RawJson.Parse(Encoding.UTF8.GetBytes(written)).ToString());
        }

        static JsonNode? Any(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
        {
            0 => JsonValue.Create(Mark + random.Next()),
            1 => JsonValue.Create(4711L + (random.Next(100) * 10_000L * 10_000)),
            2 => JsonValue.Create(true),
            3 => JsonValue.Create("\"\\ä😀" + Mark),
            4 => new JsonArray([.. Enumerable.Range(0, random.Next(20)).Select(_ => Any(random, depth - 1))]),
            _ => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(i => KeyValuePair.Create("name<ä>" + i, Any(random, depth - 1)))),
        };
    }

    [Fact]
    public void Write_OnceWarm_AllocatesNothing()
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Redact(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Redact(1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);

        void Redact(int times)
        {
            for (var i = 0; i < times; i++)
            {
                output.ResetWrittenCount();
                _values.Write("""{"plaintext":"dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZQ==","batch":[1,2]}"""u8, output);
                _values.Write("""{"ciphertext":"vault:v1:\u0061bc","key_version":1}"""u8, output);
            }
        }
    }

    [Fact]
    public async Task Write_ManyThreadsAndKeys_EachHasItsOwn()
    {
        using var others = new AuditValues([.. Key.Reverse()]);
        var (ours, theirs) = (_values.Of("\"x\""u8).ToString(), others.Of("\"x\""u8).ToString());
        Assert.NotEqual(ours, theirs);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Assert.Equal((worker + i) % 2 == 0 ? ours : theirs, ((worker + i) % 2 == 0 ? _values : others).Of("\"x\""u8).ToString());
            }
        })));
    }

    [Fact]
    public void Write_AfterItsKeyIsGone_Throws()
    {
        _values.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _values.Of("1"u8));
        Assert.Throws<ArgumentException>(() => new AuditValues(new byte[16]));
    }

    /// <summary>What stands in &lt; and &gt; as its hash.</summary>
    private static string Hashed(string template)
    {
        var written = new StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            var begin = template.IndexOf('<', at);
            var end = begin < 0 ? -1 : template.IndexOf('>', begin);
            written.Append(template, at, (begin < 0 ? template.Length : begin) - at);
            if (begin >= 0)
            {
                written.Append(Hmac(template[(begin + 1)..end]));
            }

            at = begin < 0 ? template.Length : end + 1;
        }

        return written.ToString();
    }

    private static string Hmac(string text) =>
        "hmac-sha256:" + Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)));
}
