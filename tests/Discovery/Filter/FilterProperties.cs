using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Saas.Discovery.Filter;

namespace Saas.Discovery.Tests.Filter;

/// <summary>Generated expressions, written out and parsed again, say of generated things what a naive model says of them.</summary>
public sealed class FilterProperties
{
    private static readonly string[] Words = ["", "a", "b", "ab", "a b", "\"", "`", "\\", "\n", "é", "not", "and", "1"];
    private static readonly string[] Keys = ["k", "in", "a-b", "é \"", "absent"];

    private static readonly IFilterFields<Thing> Fields = new FilterFields<Thing>()
        .Text("Text", static thing => thing.Text)
        .Number("Number", static thing => thing.Number)
        .Boolean("Flag", static thing => thing.Flag)
        .List("List", static thing => thing.List)
        .Map("Map", static thing => thing.Map)
        .Record("Self", static thing => thing, new FilterFields<Thing>().Text("Text", static thing => thing.Text))
        .Records("Parts", static thing => thing.Parts, new FilterFields<string>().Text("Name", static part => part));

    private static readonly Gen<string> Word = Gen.Elements(Words);

    private static readonly Gen<Thing> Things =
        from text in Word
        from number in Gen.Choose(-2, 2)
        from flag in Gen.Elements(true, false)
        from list in Gen.ListOf(Word)
        from keys in Gen.SubListOf(Keys[..^1])
        from words in Gen.ArrayOf(Word, Keys.Length)
        from parts in Gen.ListOf(Word)
        select new Thing(text, number, flag, [.. list], keys.Zip(words).ToDictionary(), [.. parts]);

    [Fact]
    public void ParsedExpressionsMeanWhatTheyWereWrittenFor()
    {
        var cases = from expression in Expressions(4) from things in Gen.ArrayOf(Things, 5) select (expression, things);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var parsed = FilterExpression<Thing>.Parse(one.expression.Text, Fields);
            return one.things.All(thing => parsed.Matches(thing) == one.expression.Model(thing))
                .Label(one.expression.Text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        string[] pieces =
        [
            "Text", "Number", "List", "Map", "Parts", ".", "[", "]", "\"", "`", "(", ")", " ", "\t", "\n", "==", "!=", "=", "in",
            "not", "and", "or", "is", "empty", "contains", "matches", "0", "17", "-", "\\", "é", "😀", "\0", "*", "Name", "a",
        ];
        Prop.ForAll(Gen.ListOf(Gen.Elements(pieces)).ToArbitrary(), static list =>
        {
            var error = Record.Exception(() => FilterExpression<Thing>.Parse(string.Concat(list), Fields));
            return error is null or FilterException;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(60));
    }

    private static Gen<Expression> Expressions(int depth) => depth == 0 ? Comparisons() : Gen.OneOf(
        Comparisons(),
        from part in Expressions(depth - 1) select new Expression($"not ({part.Text})", thing => !part.Model(thing)),
        from part in Expressions(depth - 1) select new Expression($"( {part.Text}\t)", part.Model),
        from left in Expressions(depth - 1)
        from right in Expressions(depth - 1)
        select new Expression($"({left.Text}) and ({right.Text})", thing => left.Model(thing) & right.Model(thing)),
        from left in Expressions(depth - 1)
        from right in Expressions(depth - 1)
        select new Expression($"({left.Text})\n or ({right.Text})", thing => left.Model(thing) | right.Model(thing)),
        from one in Comparisons()
        from two in Comparisons()
        from three in Comparisons()
        from four in Comparisons()
        select new Expression(
            $"{one.Text} or not {two.Text} and {three.Text} or {four.Text}",
            thing => one.Model(thing) | (!two.Model(thing) & three.Model(thing)) | four.Model(thing)));

    private static Gen<Expression> Comparisons() =>
        from word in Word
        from key in Gen.Elements(Keys)
        from number in Gen.Choose(-2, 2)
        from flag in Gen.Elements(true, false)
        from negative in Gen.Elements(true, false)
        from which in Gen.Choose(0, 11)
        select Comparison(which, word, key, number, flag, negative);

    private static Expression Comparison(int which, string word, string key, int number, bool flag, bool negative)
    {
        var value = Quoted(word);
        var not = negative ? " not" : "";
        var sign = negative ? "!=" : "==";
        var entry = $"Map[{Quoted(key)}]";
        return which switch
        {
            0 => new($"Text {sign} {value}", thing => (thing.Text == word) != negative),
            1 => new($"Self.Text{sign}{value}", thing => (thing.Text == word) != negative),
            2 => new($"Text{not} contains {value}", thing => thing.Text.Contains(word, StringComparison.Ordinal) != negative),
            3 => new($"Number {sign} {number.ToString(CultureInfo.InvariantCulture)}", thing => (thing.Number == number) != negative),
            4 => new($"Flag {sign} {(flag ? "true" : "false")}", thing => (thing.Flag == flag) != negative),
            5 => new($"{value}{not} in List", thing => thing.List.Contains(word) != negative),
            6 => new($"List is{not} empty", thing => thing.List.Length == 0 != negative),
            7 => new($"{Quoted(key)}{not} in Map", thing => thing.Map.ContainsKey(key) != negative),
            8 => new($"Map is{not} empty", thing => thing.Map.Count == 0 != negative),
            9 => new($"{entry} {sign} {value}", thing => (thing.Map.TryGetValue(key, out var text) && text == word) != negative),
            10 => new($"Parts.Name {sign} {value}", thing => thing.Parts.Any(part => (part == word) != negative)),
            _ => new($"Parts is{not} empty", thing => thing.Parts.Length == 0 != negative),
        };
    }

    private static string Quoted(string text) => text.Contains('`', StringComparison.Ordinal)
        ? $"\"{text.Replace("`", @"\x60", StringComparison.Ordinal)}\""
        : text.Contains('"', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal) || text.Contains('\n', StringComparison.Ordinal)
            ? $"`{text}`"
            : $"\"{text}\"";

    private sealed record Expression(string Text, Func<Thing, bool> Model)
    {
        public override string ToString() => Text;
    }

    private sealed record Thing(
        string Text,
        long Number,
        bool Flag,
        string[] List,
        IReadOnlyDictionary<string, string> Map,
        string[] Parts);
}
