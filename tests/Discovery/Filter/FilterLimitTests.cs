using System.Diagnostics;
using Saas.Discovery.Filter;

namespace Saas.Discovery.Tests.Filter;

/// <summary>What is too large, and hostile, is refused soon, with a reason, on a small stack.</summary>
public sealed class FilterLimitTests
{
    private const int SmallStackBytes = 256 * 1024;

    public static readonly TheoryData<string, string, string> TooLarge = new()
    {
        { "a megabyte", $"Node.Node == \"{new string('x', 1 << 20)}\"", "expression of 1048591 characters exceeds the limit (10240)" },
        { "parentheses", $"{new string('(', 101)}Node.Node == x{new string(')', 101)}", "Depth of nested expressions exceeds the limit (100)" },
        { "nots", $"{Repeated("not ", 101)}Node.Node == x", "Depth of nested expressions exceeds the limit (100)" },
        { "only parentheses", new string('(', 10_000), "Depth of nested expressions exceeds the limit (100)" },
        { "only nots", Repeated("not ", 2500), "Depth of nested expressions exceeds the limit (100)" },
        { "terms", $"{Repeated("a==1 or ", 512)}a==1", "Number of match expressions (513) exceeds the limit (512)" },
        { "patterns", $"{Repeated("a matches b or ", 32)}a matches b", "Number of regular expressions (33) exceeds the limit (32)" },
    };

    /// <summary>Each would take long, or much memory, if parsing went back over what it has read, or a match over its text.</summary>
    public static readonly TheoryData<string, string> Hostile = new()
    {
        { "open parentheses, then nothing", $"{new string('(', 99)}" },
        { "closed one too few", $"{new string('(', 99)}Node.Node == x{new string(')', 98)}" },
        { "alternating", $"{Repeated("(not ", 49)}Node.Node == " },
        { "open indexes", $"a{Repeated("[", 10_000)}" },
        { "open strings", $"a{Repeated("[\"", 5000)}" },
        { "dots", $"a{Repeated(".a", 5000)} = 3" },
        { "digits", $"a == {new string('1', 10_000)}x" },
        { "spaces", $"a{new string(' ', 10_000)}" },
        { "ands without sides", Repeated("a==1 and ", 500) },
        { "quotes", new string('"', 10_000) },
        { "escapes", $"a == \"{Repeated("\\", 10_001)}\"" },
        { "long pattern", $"Node.Node matches `{new string('a', 513)}`" },
        { "large repetition", "Node.Node matches `a{1001}`" },
        { "repetitions of repetitions", "Node.Node matches `((a{10}){10}){11}`" },
        { "many large repetitions", "Node.Node matches `a{500}b{500}c`" },
        { "groups in one another", $"Node.Node matches `{new string('(', 300)}`" },
    };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void Parse_TooLarge_SaysTheLimit(string name, string text, string expected)
    {
        var refusal = OnSmallStack(() => FilterSamples.Refusal(text));
        Assert.True(refusal == expected, $"{name}: {refusal}");
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Parse_Hostile_IsRefusedSoon(string name, string text)
    {
        var watch = Stopwatch.StartNew();
        Assert.NotEmpty(OnSmallStack(() => FilterSamples.Refusal(text)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{name}: {watch.Elapsed}");
    }

    [Fact]
    public void Parse_AsLargeAsAllowed_IsReadAndEvaluated()
    {
        var deep = $"{Repeated("(not ", 50)}Node.Node == x{new string(')', 50)}";
        var wide = $"{Repeated("Node.Node==x or ", 511)}Node.Node == `web-1`";
        Assert.False(OnSmallStack(() => FilterSamples.Matches(deep)));
        Assert.True(OnSmallStack(() => FilterSamples.Matches(wide)));
    }

    [Fact]
    public void Matches_PatternThatBacktrackingWouldTakeForeverOn_IsLinear()
    {
        var item = FilterSamples.Bare with { Node = FilterSamples.Bare.Node with { Name = new string('a', 50_000) + "!" } };
        var watch = Stopwatch.StartNew();
        Assert.False(OnSmallStack(() => FilterSamples.Matches("Node.Node matches `^(a+)+$`", item)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public void Matches_OnceWarm_AllocatesNothing()
    {
        var filter = FilterExpression<Model.CheckServiceNode>.Parse(
            "not (Node.Meta.env != prod or v9 in Service.Tags) and Service.TaggedAddresses.wan.Port == 443 and Checks.Status == passing "
            + "and wan in Service.TaggedAddresses and Node.Node matches `^web` and Service.Weights.Passing == 10",
            Saas.Discovery.Filter.Fields.CheckServiceNodeFields.Instance);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(filter.Matches(FilterSamples.Instance));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var matched = filter.Matches(FilterSamples.Instance);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(matched);
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static TResult OnSmallStack<TResult>(Func<TResult> function)
    {
        TResult? result = default;
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => { result = function(); }), SmallStackBytes);
        thread.Start();
        thread.Join();
        Assert.Null(error);
        return result!;
    }
}
