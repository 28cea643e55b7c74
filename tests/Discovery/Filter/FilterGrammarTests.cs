using Saas.Discovery.Filter.Syntax;

namespace Saas.Discovery.Tests.Filter;

/// <summary>What is an expression, and how it is read: rows of name, text and the expression with all its parentheses.</summary>
public sealed class FilterGrammarTests
{
    public static readonly TheoryData<string, string, string> Read = new()
    {
        { "equality", "foo == 3", "foo Equal 3" },
        { "inequality of a word", "foo != xyz", "foo Not Equal xyz" },
        { "no space around signs", "foo==3", "foo Equal 3" },
        { "is empty", "list is empty", "list Is Empty " },
        { "is not empty", "list is not empty", "list Is Not Empty " },
        { "in", "foo in bar", "bar In foo" },
        { "not in", "foo not in bar", "bar Not In foo" },
        { "contains", "bar contains foo", "bar In foo" },
        { "not contains", "bar not contains foo", "bar Not In foo" },
        { "matches", "foo matches bar", "foo Matches bar" },
        { "not matches", "foo not matches bar", "foo Not Matches bar" },
        { "double quotes", "foo == \"bar\"", "foo Equal bar" },
        { "backquotes", "foo == `bar`", "foo Equal bar" },
        { "no text in quotes", "foo == \"\"", "foo Equal " },
        { "quoted value before in", "\"foo\" in bar", "bar In foo" },
        { "escapes", @"foo == ""a\tb\x41\u00e9\101\xc3\xa9\\""", "foo Equal a\tbAéAé\\" },
        { "no escapes in backquotes", @"foo == `a\tb`", @"foo Equal a\tb" },
        { "a quote in backquotes", "foo == `\"`", "foo Equal \"" },
        { "a line end in backquotes", "foo == `a\r\nb`", "foo Equal a\nb" },
        { "number with fraction", "foo == 11.11", "foo Equal 11.11" },
        { "negative number", "foo == -0.2", "foo Equal -0.2" },
        { "a word with dots is one value", "foo == a.b", "foo Equal a.b" },
        { "index in both quotes", "`environment` in foo.bar[\"meta\"].tags[\t`ENV` ]", "foo.bar.meta.tags.ENV In environment" },
        { "any characters in an index", "foo[\"abc-def ghi åß∂ƒ\"] is empty", "foo.abc-def ghi åß∂ƒ Is Empty " },
        { "space everywhere", "\t\r\n ( \t\r\n foo \t\r\n == \t\r\n x \t\r\n ) \t\r\n", "foo Equal x" },
        { "keywords as names", "not == 3", "not Equal 3" },
        { "keywords as values", "in in in", "in In in" },
        { "names that begin like keywords", "nothing == 3 and inner == orange", "(nothing Equal 3 and inner Equal orange)" },
        { "not", "not prod in tags", "not tags In prod" },
        { "not not", "not not foo == 3", "foo Equal 3" },
        { "not not not", "not not not foo == 3", "not foo Equal 3" },
        { "and before or", "a == 1 or b == 2 and c == 3", "(a Equal 1 or (b Equal 2 and c Equal 3))" },
        {
            "not before and before or", "x in foo and not str == something or list is empty",
            "((foo In x and not str Equal something) or list Is Empty )"
        },
        {
            "parentheses first", "x in foo and not (str == something or list is empty)",
            "(foo In x and not (str Equal something or list Is Empty ))"
        },
        { "parentheses at the beginning only", "(a == 1) and (b == 2)", "(a Equal 1 and b Equal 2)" },
        { "parentheses in parentheses", "(((a == 1)))", "a Equal 1" },
        { "a number before a parenthesis", "(a == 1)", "a Equal 1" },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void Parse_Expression_IsReadSo(string name, string text, string expected) =>
        Assert.True(Write(new FilterParser(text).Parse()) == expected, $"{name}: {Write(new FilterParser(text).Parse())}");

    private static string Write(FilterSyntax syntax) => syntax switch
    {
        AndSyntax and => $"({string.Join(" and ", and.Parts.Select(Write))})",
        OrSyntax or => $"({string.Join(" or ", or.Parts.Select(Write))})",
        NotSyntax not => $"not {Write(not.Part)}",
        MatchSyntax match => $"{match.SelectorText} {match.Operator.Name()} {match.Value}",
        _ => throw new ArgumentOutOfRangeException(nameof(syntax)),
    };
}
