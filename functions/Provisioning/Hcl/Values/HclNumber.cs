using System.Globalization;
using System.Numerics;

namespace Saas.Provisioning.Hcl.Values;

/// <summary>
/// A decimal number: exact, but that fractions are rounded to <see cref="Precision"/> digits, about what HCL's 512 bits hold.
/// </summary>
internal sealed class HclNumber : HclValue, IComparable<HclNumber>, IEquatable<HclNumber>
{
    public static readonly HclNumber Zero = new(BigInteger.Zero, 0);
    public static readonly HclNumber One = new(BigInteger.One, 0);

    private const int Precision = 154;

    /// <summary>Before the point, and behind it.</summary>
    private const int MaxDigits = 400;

    /// <summary>Surely not more than <see cref="MaxDigits"/>.</summary>
    private const int FewBits = 3 * MaxDigits;

    private readonly BigInteger _unscaled;
    private readonly int _scale;

    /// <summary><paramref name="unscaled"/> divided by 10 to the <paramref name="scale"/>.</summary>
    private HclNumber(BigInteger unscaled, int scale) => (_unscaled, _scale) = (unscaled, scale);

    public override HclType Type => HclType.Number;

    public bool IsWhole => _scale == 0;

    public int Sign => _unscaled.Sign;

    public static HclNumber Of(BigInteger value) => Normal(value, 0);

    public static HclNumber Of(long value) => new(value, 0);

    /// <exception cref="HclValueException">It is not a number, or infinite.</exception>
    public static HclNumber Of(double value) => double.IsFinite(value)
        ? Parse(value.ToString("R", CultureInfo.InvariantCulture))!
        : throw new HclValueException("the result is not a finite number");

    /// <summary>Digits, a fraction, an exponent; a sign before it.</summary>
    /// <returns>Null: it is not a number.</returns>
    /// <exception cref="HclValueException">It has too many digits.</exception>
    public static HclNumber? Parse(ReadOnlySpan<char> text)
    {
        var exponentAt = text.IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return text[(exponentAt + 1)..].IndexOfAnyExceptInRange('0', '9') < 0 && text.Length > exponentAt + 1 ? throw TooLong() : null;
        }

        if (mantissa.Length > (2 * MaxDigits) + 2 || Math.Abs((long)exponent) > 2 * MaxDigits)
        {
            throw TooLong();
        }

        var negative = mantissa is ['-', ..];
        var digits = mantissa is ['-' or '+', ..] ? mantissa[1..] : mantissa;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return null;
        }

        var unscaled = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        return Normal(negative ? -unscaled : unscaled, fraction.Length - exponent);
    }

    public HclNumber Add(HclNumber other)
    {
        var scale = Math.Max(_scale, other._scale);
        return Normal(At(scale) + other.At(scale), scale);
    }

    public HclNumber Subtract(HclNumber other) => Add(other.Negate());

    public HclNumber Multiply(HclNumber other) => Normal(_unscaled * other._unscaled, _scale + other._scale);

    /// <exception cref="HclValueException">By zero.</exception>
    public HclNumber Divide(HclNumber other)
    {
        if (other.Sign == 0)
        {
            throw new HclValueException("division by zero");
        }

        var extra = Precision + DigitsOf(other._unscaled);
        return Normal(_unscaled * BigInteger.Pow(10, extra) / other._unscaled, _scale + extra - other._scale);
    }

    /// <summary>What a division leaves; it has the sign of this number.</summary>
    /// <exception cref="HclValueException">By zero.</exception>
    public HclNumber Remainder(HclNumber other)
    {
        if (other.Sign == 0)
        {
            throw new HclValueException("division by zero");
        }

        var scale = Math.Max(_scale, other._scale);
        return Normal(BigInteger.Remainder(At(scale), other.At(scale)), scale);
    }

    public HclNumber Negate() => new(-_unscaled, _scale);

    public HclNumber Abs() => new(BigInteger.Abs(_unscaled), _scale);

    public HclNumber Floor() => Of(FloorOf());

    public HclNumber Ceiling() => Negate().Floor().Negate();

    /// <summary>Toward zero.</summary>
    public BigInteger Truncate() => IsWhole ? _unscaled : _unscaled / BigInteger.Pow(10, _scale);

    public int CompareTo(HclNumber? other)
    {
        var scale = Math.Max(_scale, other!._scale);
        return At(scale).CompareTo(other.At(scale));
    }

    public bool Equals(HclNumber? other) => other is not null && _scale == other._scale && _unscaled == other._unscaled;

    public override bool Equals(object? obj) => Equals(obj as HclNumber);

    public override int GetHashCode() => HashCode.Combine(_unscaled, _scale);

    /// <returns>Null: it is not whole, or outside of the range.</returns>
    public long? ToInt64() => IsWhole && _unscaled >= long.MinValue && _unscaled <= long.MaxValue ? (long)_unscaled : null;

    public double ToDouble() => double.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>All digits, without an exponent.</summary>
    public override string ToString()
    {
        if (IsWhole)
        {
            return _unscaled.ToString(CultureInfo.InvariantCulture);
        }

        var digits = BigInteger.Abs(_unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(_scale + 1, '0');
        var text = $"{digits[..^_scale]}.{digits[^_scale..]}";
        return Sign < 0 ? "-" + text : text;
    }

    private BigInteger FloorOf()
    {
        var whole = Truncate();
        return Sign < 0 && !IsWhole ? whole - 1 : whole;
    }

    private BigInteger At(int scale) => scale == _scale ? _unscaled : _unscaled * BigInteger.Pow(10, scale - _scale);

    private static HclNumber Normal(BigInteger unscaled, int scale)
    {
        if (scale == 0 && unscaled.GetBitLength() < FewBits)
        {
            return new HclNumber(unscaled, 0);
        }

        if (scale < 0)
        {
            (unscaled, scale) = (unscaled * BigInteger.Pow(10, -scale), 0);
        }

        // Rounded half away from zero, and never so that digits before the point go.
        if (scale > 0 && Math.Min(DigitsOf(unscaled) - Precision, scale) is > 0 and var surplus)
        {
            var half = 5 * BigInteger.Pow(10, surplus - 1) * unscaled.Sign;
            (unscaled, scale) = ((unscaled + half) / BigInteger.Pow(10, surplus), scale - surplus);
        }

        foreach (var zeros in (ReadOnlySpan<int>)[128, 64, 32, 16, 8, 4, 2, 1])
        {
            while (scale >= zeros && BigInteger.DivRem(unscaled, BigInteger.Pow(10, zeros)) is { Remainder.IsZero: true } parts)
            {
                (unscaled, scale) = (parts.Quotient, scale - zeros);
            }
        }

        return scale <= MaxDigits && DigitsOf(unscaled) - scale <= MaxDigits ? new HclNumber(unscaled, scale) : throw TooLong();
    }

    private static HclValueException TooLong() => new($"a number has more than {MaxDigits} digits");

    private static int DigitsOf(BigInteger value) => value.IsZero ? 1 : (int)Math.Floor(BigInteger.Log10(BigInteger.Abs(value))) + 1;
}
