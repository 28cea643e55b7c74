namespace Saas.Provisioning.Hcl.Values;

/// <summary>A value: immutable, and never too large or too deep to be walked by recursion.</summary>
internal abstract class HclValue
{
    public abstract HclType Type { get; }

    /// <summary>See <see cref="HclLimits.ValueWeight"/>.</summary>
    public virtual long Weight => HclLimits.NodeWeight;

    /// <summary>1 for what has no elements.</summary>
    public virtual int Depth => 1;

    public bool IsNull => this is HclNull;

    /// <exception cref="HclValueException">It would be too large or too deep.</exception>
    protected static (long Weight, int Depth) Measure(IEnumerable<HclValue> parts)
    {
        var (weight, depth) = ((long)HclLimits.NodeWeight, 0);
        foreach (var part in parts)
        {
            weight += part.Weight;
            depth = Math.Max(depth, part.Depth);
        }

        return weight <= HclLimits.ValueWeight && depth < HclLimits.ValueDepth
            ? (weight, depth + 1)
            : throw new HclSizeException(depth < HclLimits.ValueDepth
                ? "A value has too many elements, or too much text."
                : $"A value is nested more than {HclLimits.ValueDepth} deep.");
    }
}

/// <summary>A value is beyond <see cref="HclLimits"/>: becomes an <see cref="Source.HclLimitException"/> where it stands in the text.</summary>
internal sealed class HclSizeException(string message) : Exception(message);

internal sealed class HclNull(HclType type) : HclValue
{
    /// <summary>The word <c>null</c>.</summary>
    public static readonly HclNull Any = new(HclType.Any);

    public override HclType Type => type;
}

/// <summary>Text, in Unicode's composed form as far as it is short: see <see cref="Compose"/>.</summary>
internal sealed class HclString(string text) : HclValue
{
    public static readonly HclString Empty = new("");

    public string Text { get; } = text.Length <= HclLimits.ValueWeight
        ? Compose(text)
        : throw new HclSizeException($"A text has more than {HclLimits.ValueWeight} characters.");

    public override HclType Type => HclType.Text;

    public override long Weight => HclLimits.NodeWeight + Text.Length;

    /// <summary>Two ways to write é are one text. What is no text of Unicode (half a pair) is left as it is.</summary>
    private static string Compose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        try
        {
            return text.IsNormalized() ? text : text.Normalize();
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}

internal sealed class HclBool : HclValue
{
    public static readonly HclBool True = new(true);
    public static readonly HclBool False = new(false);

    private HclBool(bool value) => Value = value;

    public bool Value { get; }

    public override HclType Type => HclType.Bool;

    public static HclBool Of(bool value) => value ? True : False;
}

/// <summary>What a value cannot do. Whoever knows where it stands in the text makes a diagnostic of it.</summary>
internal sealed class HclValueException(string message) : Exception(message);
