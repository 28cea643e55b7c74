using FsCheck;
using FsCheck.Fluent;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Hcl.Yaml;

namespace Saas.Provisioning.Tests.Hcl;

public sealed class YamlTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("a", "\"a\"")]
    [InlineData("---\na: 1\n...\nrest", "{\"a\":1}")]
    [InlineData("a: 1\nb: x y # comment\nc:\nd: ~", "{\"a\":1,\"b\":\"x y\",\"c\":null,\"d\":null}")]
    [InlineData("a:\n  b:\n    c: 1\n  d: 2", "{\"a\":{\"b\":{\"c\":1},\"d\":2}}")]
    [InlineData("a:\n- 1\n- b: 2\n  c: 3\n-\n  d: 4\n- - 5\n  - 6\ne: 7", "{\"a\":[1,{\"b\":2,\"c\":3},{\"d\":4},[5,6]],\"e\":7}")]
    [InlineData("- a\n\n# comment\n- 'it''s'\n- \"t\\tx\\u00e9\"", "[\"a\",\"it's\",\"t\\tx\u00e9\"]")]
    [InlineData("a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\nd: 1", "{\"a\":\"x\\n y\\n\\nz\\n\",\"b\":\"x y\\nz\",\"c\":\"x\\n\\n\",\"d\":1}")]
    [InlineData("a: |2\n   x\nb: |", "{\"a\":\" x\\n\",\"b\":\"\"}")]
    [InlineData("- |\n a\n- b", "[\"a\\n\",\"b\"]")]
    [InlineData("a: [1, {b: c, \"d\":e}, 'f', ]\nb: {}\nc: [\n  1,\n  2 # two\n]", "{\"a\":[1,{\"b\":\"c\",\"d\":\"e\"},\"f\"],\"b\":{},\"c\":[1,2]}")]
    [InlineData("{\"a\": [true, null, 1.5e3]}", "{\"a\":[true,null,1500]}")]
    [InlineData("a: \"one\n  two\n\n  three\"", "{\"a\":\"one two\\nthree\"}")]
    [InlineData("- yes\n- No\n- \"yes\"\n- 1_000\n- -3\n- 1.2.3\n- http://x:80/#y\n- 2001-1-2\n- 12:30", "[true,false,\"yes\",1000,-3,\"1.2.3\",\"http://x:80/#y\",\"2001-01-02T00:00:00Z\",\"12:30\"]")]
    [InlineData("\"a b\": 1\n'c': 2\n3: 4", "{\"3\":4,\"a b\":1,\"c\":2}")]
    [InlineData("a: 1\r\nb:\r\n  - 2\r\n", "{\"a\":1,\"b\":[2]}")]
    public void What_a_text_means(string yaml, string json) => Assert.Equal(json, ValueJson.Write(YamlReader.Read(yaml)));

    [Theory]
    [InlineData("a: &x 1", "line 1: anchors, aliases and tags are not read here")]
    [InlineData("a: *x", "anchors, aliases and tags")]
    [InlineData("a: !!str 1", "anchors, aliases and tags")]
    [InlineData("a: 1\n<<: {}", "merge keys")]
    [InlineData("a: 1\n---\nb: 2", "line 2: one document is read")]
    [InlineData("a: x\n  y", "a text of several lines stands in quotes")]
    [InlineData("a: 1\na: 2", "the key \"a\" twice")]
    [InlineData("a: b: c", "a mapping begins where a text is expected")]
    [InlineData("a:\n\t- 1", "tabs do not indent")]
    [InlineData("a: [1", "the text ends within brackets")]
    [InlineData("a: [1] x", "text follows where a value has ended")]
    [InlineData("a: \"x", "a quote has no end")]
    [InlineData("a: @x", "no text begins with @")]
    [InlineData("- a\nb: 1", "text follows where the value has ended")]
    [InlineData("  a: 1\nb: 2", "indented less")]
    [InlineData("a: .inf", "no numbers here")]
    [InlineData("a: |x\n  y", "behind | and >")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "nests more than")]
    [InlineData("- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - 1", "nests more than")]
    public void What_is_not_read_is_told(string yaml, string fault) =>
        Assert.Contains(fault, Assert.Throws<HclValueException>(() => YamlReader.Read(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void WhatIsWrittenIsReadAsTheSame() => Prop.ForAll(Values(3).ToArbitrary(), static json =>
    {
        var value = ValueJson.Read(json);
        var yaml = YamlWriter.Write(value);
        return (ValueJson.Write(YamlReader.Read(yaml)) == ValueJson.Write(value) && ValueJson.Write(YamlReader.Read(json)) == ValueJson.Write(value)).Label(yaml);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void AnyTextIsReadOrRefused() => Prop.ForAll(
        Gen.ListOf(Gen.Elements("a", "- ", ": ", ":", "\n", "  ", " ", "|", ">", "-", "[", "]", "{", "}", ",", "\"", "'", "#", "1", "\\", "\t", "\r\n", "---", "...", "?", "&", "~", "+")).ToArbitrary(),
        static pieces => Record.Exception(() => YamlReader.Read(string.Concat(pieces))) is null or HclValueException)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(40));

    private static Gen<string> Values(int depth) => depth == 0 ? Leaves() : Gen.OneOf(
        Leaves(),
        from items in Gen.ListOf(Values(depth - 1)) select $"[{string.Join(", ", items.Take(4))}]",
        from keys in Gen.SubListOf("a", "b c", "true", "1", "é", "x:y", "") from value in Values(depth - 1) select $"{{{string.Join(", ", keys.Select(key => $"\"{key}\": {value}"))}}}");

    private static Gen<string> Leaves() => Gen.Elements(
        "1", "-2.5", "true", "null", "\"\"", "\"text\"", "\"yes\"", "\"a\\nb\"", "\"a\\nb\\n\"", "\"a\\n\\n b\\n\"", "\"\\n\"", "\" lead\\nx\"", "\"- x\"", "\"a: b\"", "\"# c\"", "\"'\\\"\"");
}
