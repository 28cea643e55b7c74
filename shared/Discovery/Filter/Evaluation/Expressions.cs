namespace Saas.Discovery.Filter.Evaluation;

internal sealed class Everything<T> : FilterExpression<T>
{
    public static readonly Everything<T> Instance = new();

    public override bool Matches(T item) => true;
}

internal sealed class All<T>(FilterExpression<T>[] parts) : FilterExpression<T>
{
    public override bool Matches(T item)
    {
        foreach (var part in parts)
        {
            if (!part.Matches(item))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class AnyOf<T>(FilterExpression<T>[] parts) : FilterExpression<T>
{
    public override bool Matches(T item)
    {
        foreach (var part in parts)
        {
            if (part.Matches(item))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class Not<T>(FilterExpression<T> part) : FilterExpression<T>
{
    public override bool Matches(T item) => !part.Matches(item);
}

internal sealed class Comparison<T>(IFilterField<T> field, FilterTest test) : FilterExpression<T>
{
    public override bool Matches(T item) => field.Any(item, test);
}
