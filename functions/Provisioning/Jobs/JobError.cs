using System.Diagnostics.CodeAnalysis;
using Saas.Hosting.Problems;
using Saas.Identity;

namespace Saas.Provisioning.Jobs;

internal enum JobErrorKind
{
    NotFound,

    /// <summary>The job is not at the index the client enforces.</summary>
    IndexConflict,

    /// <summary>The tenant has no site, so there is no cell to place the job in.</summary>
    NoSite,

    /// <summary>The region is not named and not clear, or has no site.</summary>
    Region,

    /// <summary>The job is placed in another region.</summary>
    RegionFixed,

    /// <summary>With its defaults, the job is larger than the platform carries.</summary>
    TooLarge,

    QuotaExceeded,
}

/// <summary>An expected failure of a change to a job, with what the client should know.</summary>
internal sealed record JobError(JobErrorKind Kind, string Detail)
{
    public Problem ToProblem() => Kind switch
    {
        JobErrorKind.NotFound => Problem.NotFound("job"),
        JobErrorKind.IndexConflict => Problem.Conflict("job-index-conflict", Detail),
        JobErrorKind.NoSite => Problem.Conflict("no-site", Detail),
        JobErrorKind.Region => Problem.Invalid("Job.Region", Detail),
        JobErrorKind.RegionFixed => Problem.Conflict("job-region-fixed", Detail),
        JobErrorKind.TooLarge => Problem.Invalid("Job", Detail),
        JobErrorKind.QuotaExceeded => IdentityProblems.Of(new IdentityError(IdentityErrorKind.QuotaExceeded, Detail)),
        _ => throw new InvalidOperationException($"{Kind} has no problem."),
    };
}

internal readonly record struct JobOutcome<T>
    where T : class
{
    private JobOutcome(T? value, JobError? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public JobError? Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsDone => Value is not null;

    public static implicit operator JobOutcome<T>(T value) => new(value, null);

    public static implicit operator JobOutcome<T>(JobError error) => new(null, error);
}
