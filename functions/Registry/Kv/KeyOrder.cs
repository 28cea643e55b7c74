namespace Saas.Registry.Kv;

/// <summary>Keys as Consul orders them: by the bytes of their UTF-8, which is not the order of UTF-16 behind U+D7FF.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    int IComparer<string>.Compare(string? x, string? y) => Compare(x ?? "", y ?? "");

    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length.CompareTo(right.Length)
            : Place(left[common]).CompareTo(Place(right[common]));
    }

    /// <summary>Halves of characters above U+FFFF come last.</summary>
    private static int Place(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
