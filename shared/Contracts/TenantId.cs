namespace Saas.Contracts;

/// <summary>The tenant an operation belongs to: <c>ten_</c> and 26 characters of Crockford base 32.</summary>
public readonly record struct TenantId
{
    public const string Prefix = "ten";

    private readonly string? _value;

    private TenantId(string value) => _value = value;

    /// <summary>The id as written on the wire.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which names no tenant.</exception>
    public string Value => _value ?? throw new InvalidOperationException("No tenant: the default TenantId was used.");

    public static TenantId New(TimeProvider time) => new(EntityId.New(Prefix, time));

    /// <exception cref="FormatException"><paramref name="text"/> is not a tenant id.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Expected a tenant id: ten_ and 26 base-32 characters.");

    public static bool TryParse(string? text, out TenantId id)
    {
        if (EntityId.IsValid(Prefix, text))
        {
            id = new TenantId(text!);
            return true;
        }

        id = default;
        return false;
    }

    public override string ToString() => _value ?? "(no tenant)";
}
