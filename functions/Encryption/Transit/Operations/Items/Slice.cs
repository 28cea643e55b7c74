using System.Runtime.CompilerServices;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>What kind of JSON value a slice holds the text of.</summary>
internal enum SliceKind : byte
{
    /// <summary>Not given, or null.</summary>
    None,

    /// <summary>Between its quotes in the body, without escapes.</summary>
    Text,

    /// <summary>In the buffer of what had to be unescaped.</summary>
    Unescaped,

    /// <summary>A number's digits in the body.</summary>
    Number,
    True,
    False,

    /// <summary>An array or object, which no parameter but the batch is.</summary>
    Other,
}

/// <summary>Where a value lies: 8 bytes instead of a string. Bodies end at 32 MiB, so 28 bits are enough for both numbers.</summary>
internal readonly struct Slice(int start, int length, SliceKind kind)
{
    private const int Bits = 28;
    private const ulong Mask = (1UL << Bits) - 1;

    private readonly ulong _value = (uint)start | ((ulong)(uint)length << Bits) | ((ulong)kind << (2 * Bits));

    public int Start => (int)(_value & Mask);

    public int Length => (int)((_value >> Bits) & Mask);

    public SliceKind Kind => (SliceKind)(_value >> (2 * Bits));
}

[InlineArray(Params.Texts)]
internal struct ItemSlices
{
    private Slice _first;
}

[InlineArray(Params.All)]
internal struct OptionSlices
{
    private Slice _first;
}

/// <summary>One item of a batch, or of a request without one. What <see cref="Given"/> does not name is left over from others.</summary>
internal struct Item
{
    public ItemSlices Slices;

    /// <summary>A bit for each parameter given.</summary>
    public uint Given;

    public int KeyVersion;

    public int Bits;

    public readonly bool Has(Param param) => (Given & (1u << (int)param)) != 0;
}
