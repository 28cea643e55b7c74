using FluentValidation;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs;

/// <summary>What endpoints that are sent a whole job have in common.</summary>
internal static class JobBodies
{
    /// <summary>The job, with the id of the path where it has none.</summary>
    /// <exception cref="ProblemException">400: no job, no id, or another one than in the path.</exception>
    public static Job Of(ApiRequest request, Job? job)
    {
        if (job is null)
        {
            throw new ProblemException(NomadErrors.BadRequest("Job", "Job must be specified"));
        }

        if (!request.Http.Request.RouteValues.ContainsKey("jobId"))
        {
            return job.ID is null ? throw new ProblemException(NomadErrors.BadRequest("Job.ID", "Job ID hasn't been provided")) : job;
        }

        var id = request.JobId();
        return job.ID is null ? job with { ID = id }
            : job.ID == id ? job
            : throw new ProblemException(NomadErrors.BadRequest("Job.ID", "Job ID does not match name"));
    }

    /// <summary>Not asynchronous: no rule waits for anything, and hundreds of them run for a job of ten groups.</summary>
    /// <exception cref="ProblemException">Nomad's 500: all that is wrong, at once.</exception>
    public static void Check<T>(IValidator<T> validator, T body)
    {
        if (validator.Validate(body) is { IsValid: false } faults)
        {
            throw new ProblemException(NomadErrors.Invalid([.. faults.Errors.Select(static e => new FieldError(e.PropertyName, e.ErrorMessage))]));
        }
    }

    /// <summary>Of a client that names the region beside the job, and not in it.</summary>
    public static Job InRegion(Job job, string? region) =>
        string.IsNullOrEmpty(region) || !(string.IsNullOrEmpty(job.Region) || job.Region == NomadRegions.Global) ? job : job with { Region = region };
}

internal static class EvaluationPriorities
{
    /// <param name="priority">Null and 0: the job's.</param>
    /// <exception cref="ProblemException">400: out of range.</exception>
    public static void Check(long? priority)
    {
        if (priority is < 0 or > 100)
        {
            throw new ProblemException(NomadErrors.BadRequest("EvalPriority", "Eval priority must be between 1 and 100 inclusively"));
        }
    }
}
