namespace Saas.Registry.Intentions;

/// <summary>Whether one service may call another. Immutable. Names are compared without regard to case, as services' are.</summary>
internal sealed record Intention
{
    public const string Wildcard = "*";
    public const string Allow = "allow";
    public const string Deny = "deny";

    /// <summary>A UUID; empty: made by name, so it has none, and no times and no <see cref="Meta"/>.</summary>
    public string ID { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>A service's name or <see cref="Wildcard"/>.</summary>
    public required string SourceName { get; init; }

    public required string DestinationName { get; init; }

    /// <summary><see cref="Allow"/> or <see cref="Deny"/>; empty: <see cref="Permissions"/> say.</summary>
    public string Action { get; init; } = "";

    /// <summary>By what a request of HTTP asks; the first that matches decides.</summary>
    public IReadOnlyList<Permission> Permissions { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }

    /// <summary>
    /// Of all that match the highest decides: 9 for two exact names, 8 for any source, 6 for any destination, 5 for both.
    /// An exact destination outweighs an exact source.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Precedence => (DestinationName == Wildcard ? 6 : 9) - (SourceName == Wildcard ? 1 : 0);
}

/// <summary>For requests of HTTP. As Consul has it: what is empty, or null, is not asked for.</summary>
internal sealed record Permission
{
    public string? Action { get; init; }
    public HttpPermission? HTTP { get; init; }
    public JwtRequirement? JWT { get; init; }
}

internal sealed record HttpPermission
{
    public string? PathExact { get; init; }
    public string? PathPrefix { get; init; }
    public string? PathRegex { get; init; }
    public IReadOnlyList<HeaderPermission>? Header { get; init; }
    public IReadOnlyList<string>? Methods { get; init; }
}

internal sealed record HeaderPermission
{
    public string? Name { get; init; }
    public bool Present { get; init; }
    public string? Exact { get; init; }
    public string? Prefix { get; init; }
    public string? Suffix { get; init; }
    public string? Regex { get; init; }
    public bool Invert { get; init; }
}

internal sealed record JwtRequirement
{
    public IReadOnlyList<JwtProvider>? Providers { get; init; }
}

internal sealed record JwtProvider
{
    public string? Name { get; init; }
    public IReadOnlyList<JwtClaim>? VerifyClaims { get; init; }
}

internal sealed record JwtClaim
{
    public IReadOnlyList<string>? Path { get; init; }
    public string? Value { get; init; }
}
