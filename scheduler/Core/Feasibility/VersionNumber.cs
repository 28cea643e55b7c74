using System.Buffers;
using System.Globalization;

namespace Saas.Scheduler.Core.Feasibility;

internal enum VersionDialect
{
    /// <summary><c>1.2</c>, <c>v1.2.3</c>, <c>1.2.3rc1</c>; a range without a pre-release admits none.</summary>
    Lenient,

    /// <summary>Semantic Versioning 2.0.0 §11: pre-releases are ordered and admitted like any version.</summary>
    Semantic,
}

/// <summary>Numbers divided by dots, perhaps a pre-release; build metadata is read and ignored.</summary>
internal sealed class VersionNumber
{
    private static readonly SearchValues<char> DigitsAndDots = SearchValues.Create("0123456789.");

    private readonly string[] _preRelease;

    private VersionNumber(long[] segments, string[] preRelease) => (Segments, _preRelease) = (segments, preRelease);

    /// <summary>As many as were written.</summary>
    public IReadOnlyList<long> Segments { get; }

    public bool IsPreRelease => _preRelease.Length > 0;

    /// <summary>Missing segments are zero.</summary>
    public long Segment(int index) => index < Segments.Count ? Segments[index] : 0;

    public static VersionNumber? TryParse(string text, VersionDialect dialect)
    {
        var rest = text.AsSpan().Trim();
        rest = rest.StartsWith("v", StringComparison.Ordinal) ? rest[1..] : rest;
        var build = rest.IndexOf('+');
        rest = build < 0 ? rest : rest[..build];

        var end = rest.IndexOfAnyExcept(DigitsAndDots);
        var numbers = end < 0 ? rest : rest[..end];
        var preRelease = end < 0 ? "" : rest[end..].ToString();
        if (preRelease.StartsWith('-'))
        {
            preRelease = preRelease[1..];
            if (preRelease.Length == 0)
            {
                return null;
            }
        }
        else if (preRelease.Length > 0 && dialect == VersionDialect.Semantic)
        {
            return null;
        }

        var segments = new List<long>();
        foreach (var part in numbers.ToString().Split('.'))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var segment))
            {
                return null;
            }

            segments.Add(segment);
        }

        var identifiers = preRelease.Length == 0 ? [] : preRelease.Split('.');
        return Array.TrueForAll(identifiers, IsIdentifier) ? new VersionNumber([.. segments], identifiers) : null;
    }

    public bool HasSameSegments(VersionNumber other) => CompareSegments(other) == 0;

    /// <summary>Negative, zero or positive: before, at or after the other.</summary>
    public int Order(VersionNumber other)
    {
        if (CompareSegments(other) is var order and not 0)
        {
            return order;
        }

        return (IsPreRelease, other.IsPreRelease) switch
        {
            (false, false) => 0,
            (true, false) => -1,
            (false, true) => 1,
            (true, true) => ComparePreRelease(_preRelease, other._preRelease),
        };
    }

    private int CompareSegments(VersionNumber other)
    {
        for (var i = 0; i < Math.Max(Segments.Count, other.Segments.Count); i++)
        {
            if (Segment(i).CompareTo(other.Segment(i)) is var order and not 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int ComparePreRelease(string[] left, string[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (CompareIdentifiers(left[i], right[i]) is var order and not 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>Numbers by value and before words; words by character.</summary>
    private static int CompareIdentifiers(string left, string right)
    {
        var leftIsNumber = long.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
        var rightIsNumber = long.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
        return (leftIsNumber, rightIsNumber) switch
        {
            (true, true) => leftNumber.CompareTo(rightNumber),
            (true, false) => -1,
            (false, true) => 1,
            (false, false) => string.CompareOrdinal(left, right),
        };
    }

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '~');
}
