using System.Diagnostics.CodeAnalysis;

namespace Saas.Identity;

public enum IdentityErrorKind
{
    NotFound,

    /// <summary>The name is taken.</summary>
    NameTaken,

    QuotaExceeded,

    /// <summary>The caller would give more than it has.</summary>
    PrivilegeEscalation,

    /// <summary>Nobody would be left who can manage the tenant.</summary>
    LastOwner,

    /// <summary>Something still belongs to it.</summary>
    InUse,

    /// <summary>Not possible in the state it is in.</summary>
    WrongState,
}

/// <summary>An expected failure. The detail is for the caller: it says what was wanted and what stands against it.</summary>
public record IdentityError(IdentityErrorKind Kind, string Detail)
{
    public static IdentityError NotFound(string what) => new(IdentityErrorKind.NotFound, $"No such {what}.");

    public static IdentityError NameTaken(string what, string name) =>
        new(IdentityErrorKind.NameTaken, $"There is a {what} called '{name}' already.");
}

/// <summary>Either a value or the error it failed with.</summary>
public readonly record struct Outcome<T>
    where T : class
{
    private Outcome(T? value, IdentityError? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public IdentityError? Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsDone => Value is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(IdentityError error) => new(null, error);
}
