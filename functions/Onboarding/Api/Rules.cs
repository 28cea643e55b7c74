using FluentValidation;
using Saas.Contracts;
using Saas.Identity;

namespace Saas.Onboarding.Api;

/// <summary>Rules several requests share. Messages say what was expected and what came, but never a credential.</summary>
internal static class Rules
{
    private const int MaxQuoted = 40;

    /// <summary>A name for people: 1 to 64 characters, none of them control characters.</summary>
    public static IRuleBuilderOptions<T, string?> IsTitle<T>(this IRuleBuilderInitial<T, string?> rule, string field) =>
        rule.Must(v => v is null || (v.Trim().Length is >= 1 and var n && n == v.Length && n <= IdentityLimits.MaxNameLength && !v.Any(char.IsControl)))
            .WithMessage((_, v) => $"Expected 1 to {IdentityLimits.MaxNameLength} characters, no control characters and no spaces around; {Came(v)} came.")
            .OverridePropertyName(field);

    /// <summary>A name that stands in addresses and files: lower-case letters, digits and inner hyphens.</summary>
    public static IRuleBuilderOptions<T, string?> IsSlug<T>(this IRuleBuilderInitial<T, string?> rule, string field) =>
        rule.Must(v => v is null || IsSlug(v, IdentityLimits.MaxNameLength))
            .WithMessage((_, v) => $"Expected 1 to {IdentityLimits.MaxNameLength} lower-case letters, digits and hyphens, no hyphen first or last; {Came(v)} came.")
            .OverridePropertyName(field);

    public static IRuleBuilderOptions<T, string?> IsDescription<T>(this IRuleBuilderInitial<T, string?> rule, string field) =>
        rule.Must(v => v is null || v.Length <= IdentityLimits.MaxDescriptionLength)
            .WithMessage((_, v) => $"Expected at most {IdentityLimits.MaxDescriptionLength} characters; {v!.Length} came.")
            .OverridePropertyName(field);

    /// <summary>An address as people have them; only sending to it could prove it.</summary>
    public static IRuleBuilderOptions<T, string?> IsEmail<T>(this IRuleBuilderInitial<T, string?> rule, string field) =>
        rule.Must(v => v is null || IsEmail(v))
            .WithMessage((_, v) => $"Expected an e-mail address of at most {IdentityLimits.MaxEmailLength} characters; {Came(v)} came.")
            .OverridePropertyName(field);

    public static IRuleBuilderOptions<T, string?> IsOneOf<T>(
        this IRuleBuilderInitial<T, string?> rule, string field, IEnumerable<string> allowed)
    {
        var names = allowed.Order(StringComparer.Ordinal).ToArray();
        return rule.Must(v => v is null || names.Contains(v))
            .WithMessage((_, v) => $"Expected one of {string.Join(", ", names)}; {Came(v)} came.")
            .OverridePropertyName(field);
    }

    public static IRuleBuilderOptions<T, string?> IsId<T>(this IRuleBuilderInitial<T, string?> rule, string field, string prefix) =>
        rule.Must(v => v is null || EntityId.IsValid(prefix, v))
            .WithMessage((_, v) => $"Expected an id that begins with {prefix}_; {Came(v)} came.")
            .OverridePropertyName(field);

    public static IRuleBuilderOptions<T, IReadOnlyDictionary<string, string>?> AreLabels<T>(
        this IRuleBuilderInitial<T, IReadOnlyDictionary<string, string>?> rule, string field) =>
        rule.Must(v => v is null || v.Count <= IdentityLimits.MaxLabels)
            .WithMessage((_, v) => $"Expected at most {IdentityLimits.MaxLabels} labels; {v!.Count} came.")
            .Must(v => v is null || v.Keys.All(name => IsSlug(name, IdentityLimits.MaxLabelNameLength)))
            .WithMessage((_, v) => $"Expected labels named by 1 to {IdentityLimits.MaxLabelNameLength} lower-case letters, digits and hyphens; {Came(v!.Keys.First(name => !IsSlug(name, IdentityLimits.MaxLabelNameLength)))} came.")
            .Must(v => v is null || v.Values.All(value => IsLabelValue(value)))
            .WithMessage($"Expected label values of at most {IdentityLimits.MaxLabelValueLength} characters, none of them control characters.")
            .OverridePropertyName(field);

    /// <summary>What came, short enough for a message; what looks like a credential of ours is not repeated.</summary>
    public static string Came(string? value) => value switch
    {
        null => "nothing",
        _ when value.Contains("saas", StringComparison.OrdinalIgnoreCase) => "something that looks like a credential",
        { Length: > MaxQuoted } => $"'{Printable(value[..MaxQuoted])}…' ({value.Length} characters)",
        _ => $"'{Printable(value)}'",
    };

    private static string Printable(string value) =>
        string.Create(value.Length, value, static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '.' : from[i];
            }
        });

    private static bool IsSlug(string value, int max) =>
        value.Length >= 1 && value.Length <= max && value[0] != '-' && value[^1] != '-'
        && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Null can come: JSON's annotations do not reach into dictionaries.</summary>
    private static bool IsLabelValue(string? value) =>
        value is not null && value.Length <= IdentityLimits.MaxLabelValueLength && !value.Any(char.IsControl);

    private static bool IsEmail(string value)
    {
        var at = value.IndexOf('@', StringComparison.Ordinal);
        return value.Length <= IdentityLimits.MaxEmailLength
            && at is >= 1 and <= 64
            && at == value.LastIndexOf('@')
            && value[(at + 1)..] is { Length: >= 3 } domain
            && domain.Contains('.', StringComparison.Ordinal)
            && domain.Split('.').All(label => label.Length is >= 1 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
    }
}
