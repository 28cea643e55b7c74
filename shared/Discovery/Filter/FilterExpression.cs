using Saas.Discovery.Filter.Evaluation;
using Saas.Discovery.Filter.Syntax;

namespace Saas.Discovery.Filter;

/// <summary>
/// An expression of Consul's filter language, parsed and checked against the fields of what it filters. Immutable; any
/// number of threads may ask it. The language is that of go-bexpr 0.1.2, which Consul uses: no <c>any</c>, <c>all</c>,
/// <c>is nil</c>, or JSON pointers.
/// </summary>
/// <typeparam name="T">What is filtered.</typeparam>
public abstract class FilterExpression<T>
{
    /// <summary>The expression that everything matches.</summary>
    public static FilterExpression<T> Everything => Everything<T>.Instance;

    /// <summary>The empty text is an expression that everything matches.</summary>
    /// <exception cref="FilterException">The text is not an expression over these fields; says where and why.</exception>
    public static FilterExpression<T> Parse(string text, IFilterFields<T> fields)
    {
        if (text.Length == 0)
        {
            return Everything<T>.Instance;
        }

        if (text.Length > FilterLimits.Characters)
        {
            throw FilterException.Of($"expression of {text.Length} characters exceeds the limit ({FilterLimits.Characters})");
        }

        return new FilterBinder<T>(fields).Bind(new FilterParser(text).Parse());
    }

    public abstract bool Matches(T item);
}

/// <summary>What is wrong with an expression, for the one who wrote it, with the position: line, column, and offset in bytes.</summary>
public sealed class FilterException(string message) : Exception(message)
{
    /// <summary>What is wrong, without the words in which Consul's agents report it.</summary>
    public string Reason { get; private init; } = message;

    /// <summary>In the words in which Consul's agents report it.</summary>
    internal static FilterException Of(string what) => new("Failed to create boolean expression evaluator: " + what) { Reason = what };
}

/// <summary>How large an expression may be; Consul itself sets no limits.</summary>
public static class FilterLimits
{
    public const int Characters = 10 * 1024;

    /// <summary>Of parentheses and <c>not</c> in one another.</summary>
    public const int Depth = 100;

    /// <summary>Comparisons, joined by <c>and</c> and <c>or</c>.</summary>
    public const int Terms = 512;

    /// <summary>Regular expressions, each of which takes a quarter of a millisecond to prepare.</summary>
    public const int Patterns = 32;

    /// <summary>Characters of one regular expression.</summary>
    public const int PatternCharacters = 512;

    /// <summary>Steps of one regular expression, its repetitions written out: what RE2 allows a repetition alone.</summary>
    public const int PatternSteps = 1000;
}
