namespace Azure.Security.KeyVault.Keys.Cryptography;

public readonly struct KeyWrapAlgorithm : IEquatable<KeyWrapAlgorithm>
{
    private readonly string _value;

    public KeyWrapAlgorithm(string value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    public static KeyWrapAlgorithm RsaOaep256 { get; } = new("RSA-OAEP-256");

    public static implicit operator KeyWrapAlgorithm(string value) => new(value);

    public static bool operator ==(KeyWrapAlgorithm left, KeyWrapAlgorithm right) => left.Equals(right);

    public static bool operator !=(KeyWrapAlgorithm left, KeyWrapAlgorithm right) => !left.Equals(right);

    public bool Equals(KeyWrapAlgorithm other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is KeyWrapAlgorithm other && Equals(other);

    public override int GetHashCode() => _value is null ? 0 : StringComparer.Ordinal.GetHashCode(_value);

    public override string ToString() => _value;
}
