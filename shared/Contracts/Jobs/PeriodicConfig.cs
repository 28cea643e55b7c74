namespace Saas.Contracts.Jobs;

/// <summary>When a job is run. Nomad's <c>periodic</c> block.</summary>
public sealed record PeriodicConfig
{
    /// <summary>Default true. False: not by itself, until the job is submitted with true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A cron expression; empty where there are <see cref="Specs"/>.</summary>
    public string? Spec { get; init; }

    /// <summary>Several, of which each counts; at most 16. Empty where there is a <see cref="Spec"/>.</summary>
    public IReadOnlyList<string>? Specs { get; init; }

    /// <summary><c>cron</c>, the default.</summary>
    public string? SpecType { get; init; }

    /// <summary>A time that comes while the last run still has something to do is left out; default false.</summary>
    public bool? ProhibitOverlap { get; init; }

    /// <summary>Of the IANA database; default <c>UTC</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The expressions that count, of an accepted job.</summary>
    public IReadOnlyList<string> Expressions() => string.IsNullOrEmpty(Spec) ? Specs ?? [] : [Spec];
}

/// <summary>What a dispatch of a job brings along. Nomad's <c>parameterized</c> block.</summary>
public sealed record ParameterizedJobConfig
{
    /// <summary>One of <see cref="PayloadRules"/>; default <c>optional</c>.</summary>
    public string? Payload { get; init; }

    /// <summary>Keys of meta data that each dispatch has.</summary>
    public IReadOnlyList<string>? MetaRequired { get; init; }

    /// <summary>Keys it may have; no others are allowed.</summary>
    public IReadOnlyList<string>? MetaOptional { get; init; }
}

public static class PayloadRules
{
    public const string Optional = "optional";
    public const string Required = "required";
    public const string Forbidden = "forbidden";
}
