using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Provisioning.Nomad;

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

    /// <summary>A member cannot be what it is; <see cref="JobError.Field"/> names it.</summary>
    Invalid,

    /// <summary>It is not a parameterized job that runs.</summary>
    NotDispatchable,

    /// <summary>Another job was given the id meanwhile.</summary>
    Exists,

    /// <summary>As things are it cannot be done, for the reason that Nomad gives.</summary>
    Refused,
}

/// <summary>An expected failure of a change to a job, with what the client should know.</summary>
internal sealed record JobError(JobErrorKind Kind, string Detail)
{
    /// <summary>Of <see cref="JobErrorKind.Invalid"/>: the member of the request.</summary>
    public string Field { get; init; } = "";

    /// <summary>Of <see cref="JobErrorKind.Refused"/>: our status for it.</summary>
    private int Status { get; init; }

    /// <summary>Of <see cref="JobErrorKind.Refused"/>: Nomad's, where it has one of its own for it.</summary>
    private int PeerStatus { get; init; }

    /// <param name="status">Of our problem document.</param>
    /// <param name="peerStatus">Nomad's: mostly 500, whatever its servers refuse.</param>
    public static JobError Refused(int status, string text, int peerStatus = StatusCodes.Status500InternalServerError) =>
        new(JobErrorKind.Refused, text) { Status = status, PeerStatus = peerStatus };

    /// <summary>Nomad's words for it, where its clients may know them; null: ours.</summary>
    public string? InNomad { get; init; }

    public Problem ToProblem() => InNomad is { } text ? OwnProblem().AsRefusal(text) : OwnProblem();

    private Problem OwnProblem() => Kind switch
    {
        JobErrorKind.NotFound => NomadErrors.NotFound("job"),
        JobErrorKind.IndexConflict => Problem.Conflict("job-index-conflict", Detail).AsRefusal(),
        JobErrorKind.NoSite => Problem.Conflict("no-site", Detail).AsRefusal(),
        JobErrorKind.Region => Problem.Invalid("Job.Region", Detail).AsRefusal(Detail),
        JobErrorKind.RegionFixed => Problem.Conflict("job-region-fixed", Detail).AsRefusal(),
        JobErrorKind.TooLarge => Problem.Invalid("Job", Detail).AsRefusal(Detail),
        JobErrorKind.QuotaExceeded => IdentityProblems.Of(new IdentityError(IdentityErrorKind.QuotaExceeded, Detail)).AsRefusal(),
        JobErrorKind.Invalid => NomadErrors.Invalid([new FieldError(Field, Detail)]),
        JobErrorKind.NotDispatchable => Problem.Conflict("job-not-dispatchable", Detail).AsRefusal(),
        JobErrorKind.Exists => Problem.Conflict("job-exists", Detail).AsRefusal(),
        JobErrorKind.Refused =>
            Problem.Of("refused", "It cannot be done as things are.", Status, Detail) with { Peer = new PeerError(PeerStatus, Detail) },
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
