namespace Saas.Discovery.Tests.Filter;

/// <summary>
/// What is refused, with which words and where. The rows on syntax down to "missing parenthesis" are what go-bexpr 0.1.2
/// answers, by its own tests.
/// </summary>
public sealed class FilterRefusalTests
{
    private const string Operand = "\"(\", \"-\", \"0\", \"\\\"\", \"`\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]";

    public static readonly TheoryData<string, string, string> Refused = new()
    {
        { "open double quote", "foo == \"12x", "1:12 (11): rule \"string\": Unterminated string literal" },
        { "open backquote", "foo == `12x", "1:12 (11): rule \"string\": Unterminated string literal" },
        { "number and letter", "foo == 3x", "1:9 (8): rule \"number\": Invalid number literal" },
        { "number as index", "foo[3] == abc", "1:5 (4): rule \"index\": Invalid index" },
        { "open index at the end", "x in foo[\"abc\"", "1:15 (14): rule \"index\": Unclosed index expression" },
        { "open index in the middle", "foo[\"abc\" == 3", "1:11 (10): rule \"index\": Unclosed index expression" },
        { "number as selector behind in", "x in 32", "1:6 (5): rule \"match\": Invalid selector" },
        { "number as selector", "32 == 32", "1:4 (3): no match found, expected: \"in\", \"not\" or [ \\t\\r\\n]" },
        { "emptiness of a number", "32 is empty", "1:4 (3): no match found, expected: \"in\", \"not\" or [ \\t\\r\\n]" },
        { "a word too many", "x in foo abc", "1:10 (9): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF" },
        { "nothing behind and", "x in foo and ", $"1:14 (13): no match found, expected: {Operand}" },
        { "nothing behind or", "x in foo or ", $"1:13 (12): no match found, expected: {Operand}" },
        {
            "nothing behind not", "x in foo or not ",
            "1:17 (16): no match found, expected: \"!=\", \"(\", \"-\", \"0\", \"==\", \"\\\"\", \"`\", \"contains\", \"in\", "
            + "\"is\", \"matches\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]"
        },
        { "missing parenthesis", "(foo == 4", "1:10 (9): rule \"grouping\": Unmatched parentheses" },
        { "only space", " ", $"1:2 (1): no match found, expected: {Operand}" },
        { "parenthesis too many", "foo == 4)", "1:9 (8): no match found, expected: \".\", [ \\t\\r\\n], [0-9] or EOF" },
        { "an escaped quote", @"foo == ""a\""", "1:8 (7): rule \"string\": invalid syntax" },
        { "an unknown escape", @"foo == ""\y""", "1:8 (7): rule \"string\": invalid syntax" },
        { "a surrogate as escape", @"foo == ""\ud800""", "1:8 (7): rule \"string\": invalid syntax" },
        { "a line end in double quotes", "foo == \"a\nb\"", "1:8 (7): rule \"string\": invalid syntax" },
        { "places count lines, code points and bytes", "foo\n == \"é😀\" x", "2:10 (17): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF" },
        { "two errors", "foo[`abc", "1:9 (8): rule \"string\": Unterminated string literal\n1:5 (4): rule \"index\": Invalid index" },
        { "any", "any Checks as c { c.Status == passing }", "1:5 (4): no match found, expected: \"!=\", \"==\", \"contains\", \"in\", \"is\", \"matches\", \"not\" or [ \\t\\r\\n]" },
        { "a JSON pointer", "\"/Node/Meta/env\" == prod", "1:18 (17): no match found, expected: \"in\", \"not\" or [ \\t\\r\\n]" },

        { "unknown field", "Foo == 3", "Selector \"Foo\" is not valid" },
        { "unknown field in a record", "Node.Foo.Bar == 3", "Selector \"Node.Foo\" is not valid" },
        { "field in a map's entry", "Node.Meta.env.x == 3", "Selector \"Node.Meta.env.x\" is not valid" },
        { "the first of two unknown fields", "Node.ID == 3 and (Foo == 3 or Bar == 3)", "Selector \"Foo\" is not valid" },
        { "another case", "node.id == 3", "Selector \"node\" is not valid" },
        { "record", "Node == 3", "Invalid match operator \"Equal\" for selector \"Node\"" },
        { "tagged address", "Service.TaggedAddresses.wan is empty", "Invalid match operator \"Is Empty\" for selector \"Service.TaggedAddresses.wan\"" },
        { "letters for a number", "Service.Port == abc", "Failed to coerce value \"abc\" for selector \"Service.Port\": strconv.ParseInt: parsing \"abc\": invalid syntax" },
        { "fraction for a number", "Service.Port == 80.5", "Failed to coerce value \"80.5\" for selector \"Service.Port\": strconv.ParseInt: parsing \"80.5\": invalid syntax" },
        { "too large a number", "Service.Port == 9223372036854775808", "Failed to coerce value \"9223372036854775808\" for selector \"Service.Port\": strconv.ParseInt: parsing \"9223372036854775808\": value out of range" },
        { "a separator too many", "Service.Port == \"1__0\"", "Failed to coerce value \"1__0\" for selector \"Service.Port\": strconv.ParseInt: parsing \"1__0\": invalid syntax" },
        { "a prefix alone", "Service.Port == \"0x\"", "Failed to coerce value \"0x\" for selector \"Service.Port\": strconv.ParseInt: parsing \"0x\": invalid syntax" },
        { "number for a boolean", "Service.EnableTagOverride == 2", "Failed to coerce value \"2\" for selector \"Service.EnableTagOverride\": strconv.ParseBool: parsing \"2\": invalid syntax" },
        { "pattern", "Node.Node matches `a(b`", "Failed to compile regular expression \"a(b\": error parsing regexp: missing closing ): `a(b`" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Parse_NoExpression_SaysWhatAndWhere(string name, string text, string expected)
    {
        var refusal = FilterSamples.Refusal(text);
        Assert.True(refusal == expected, $"{name}: {refusal}");
    }

    [Theory]
    [InlineData("Text", "Node.Node", "== !=  in  matches")]
    [InlineData("Number", "Service.Port", "== !=")]
    [InlineData("Boolean", "Service.EnableTagOverride", "== !=")]
    [InlineData("List", "Service.Tags", "in  empty")]
    [InlineData("Map", "Node.Meta", "in  empty")]
    [InlineData("Map of addresses", "Service.TaggedAddresses", "in  empty")]
    [InlineData("Records", "Checks", "empty")]
    [InlineData("Record", "Service.Weights", "")]
    public void Parse_OperatorForKind_FitsOrIsRefused(string kind, string selector, string fitting)
    {
        (string Text, string Sign, string Name)[] operators =
        [
            ($"{selector} == 1", "==", "Equal"), ($"{selector} != 1", "!=", "Not Equal"),
            ($"1 in {selector}", "in", "In"), ($"1 not in {selector}", "in", "Not In"),
            ($"{selector} contains 1", "in", "In"), ($"{selector} not contains 1", "in", "Not In"),
            ($"{selector} is empty", "empty", "Is Empty"), ($"{selector} is not empty", "empty", "Is Not Empty"),
            ($"{selector} matches 1", "matches", "Matches"), ($"{selector} not matches 1", "matches", "Not Matches"),
        ];
        foreach (var (text, sign, name) in operators)
        {
            if (fitting.Split(' ').Contains(sign))
            {
                Assert.NotEqual(FilterSamples.Matches(text), FilterSamples.Matches($"not {text}"));
            }
            else
            {
                var expected = $"Invalid match operator \"{name}\" for selector \"{selector}\"";
                Assert.True(FilterSamples.Refusal(text) == expected, kind);
            }
        }
    }
}
