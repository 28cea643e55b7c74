namespace Saas.TestKit;

/// <summary>Names that no other test uses, so that tests may share a store.</summary>
public static class Unique
{
    public static string Table() => Name("t");

    /// <summary>Lower-case letters and digits, beginning with <paramref name="prefix"/>.</summary>
    public static string Name(string prefix) => prefix + Guid.NewGuid().ToString("n");
}
