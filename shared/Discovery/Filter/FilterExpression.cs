namespace Saas.Discovery.Filter;

/// <summary>An expression of Consul's filter language, parsed and checked against the fields of what it filters.</summary>
/// <typeparam name="T">What is filtered.</typeparam>
public abstract class FilterExpression<T>
{
    /// <exception cref="FilterException">The text is not an expression over these fields; says where and why.</exception>
    public static FilterExpression<T> Parse(string text, IFilterFields<T> fields) => throw new FilterException("");

    public abstract bool Matches(T item);
}

/// <summary>What is wrong with an expression, for the one who wrote it, with the position.</summary>
public sealed class FilterException(string message) : Exception(message);
