using Saas.Cluster.Periodic;
using Saas.Contracts.Jobs;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's rules for periodic and parameterized jobs. A job is one or the other.</summary>
internal static class ChildRules
{
    /// <summary>What a child's id adds to its parent's, in characters of a key.</summary>
    private const int ChildSuffix = 40;

    public static IEnumerable<Fault> FaultsOf(Job job, string type)
    {
        if (job.Periodic is null && job.ParameterizedJob is null)
        {
            return [];
        }

        return OfBoth(job, type).Concat(OfPeriodic(job.Periodic)).Concat(OfParameterized(job.ParameterizedJob));
    }

    /// <summary>The file stays in the task's folder.</summary>
    public static IEnumerable<Fault> FaultsOf(DispatchPayloadConfig? payload)
    {
        var file = payload?.File ?? "";
        if (file.Length > 255 || file.StartsWith('/') || file.Any(char.IsControl) || file.Split('/').Any(static part => part is "..")
            || (file.Length > 0 && file.Split('/').Any(static part => part is "" or ".")))
        {
            yield return new Fault("DispatchPayload.File", $"Expected a path relative to the task's local folder, without '..', of at most 255 characters; {Quote.Of(file)} came.");
        }
    }

    private static IEnumerable<Fault> OfBoth(Job job, string type)
    {
        var block = job.Periodic is null ? nameof(job.ParameterizedJob) : nameof(job.Periodic);
        if (type is not (JobTypes.Batch or JobTypes.SysBatch))
        {
            yield return new Fault(block, $"Of batch and sysbatch jobs only; this is a {type} job.");
        }

        if (job.Periodic is not null && job.ParameterizedJob is not null && job.Dispatched is not true)
        {
            yield return new Fault(nameof(job.ParameterizedJob), "Not together with Periodic.");
        }

        if (job.Dispatched is not true && job.ID is { } id && JobIds.IsWellFormed(id)
            && (id.Length > JobLimits.MaxParentIdLength || TableKeys.Escape(id).Length > JobIds.MaxEscapedLength - ChildSuffix))
        {
            yield return new Fault(nameof(job.ID), $"At most {JobLimits.MaxParentIdLength} characters: children are named after the job.");
        }
    }

    private static IEnumerable<Fault> OfPeriodic(PeriodicConfig? periodic)
    {
        if (periodic is null)
        {
            yield break;
        }

        var (spec, specs) = (periodic.Spec ?? "", periodic.Specs ?? []);
        if (spec.Length > 0 && specs.Count > 0)
        {
            yield return new Fault("Periodic.Specs", "Not together with Spec.");
        }
        else if (spec.Length == 0 && specs.Count == 0)
        {
            yield return new Fault("Periodic.Spec", "A cron expression is missing.");
        }

        if (specs.Count > JobLimits.MaxCronSpecs || specs.Append(spec).Any(static text => text is null || text.Length > JobLimits.MaxTargetLength))
        {
            yield return new Fault("Periodic.Specs", $"At most {JobLimits.MaxCronSpecs} expressions of at most {JobLimits.MaxTargetLength} characters.");
        }

        foreach (var text in specs.Append(spec).Take(JobLimits.MaxCronSpecs + 1).Where(static text => text is { Length: > 0 and <= JobLimits.MaxTargetLength }))
        {
            if (!CronExpression.TryParse(text, out _, out var error))
            {
                yield return new Fault(spec.Length > 0 ? "Periodic.Spec" : "Periodic.Specs", $"{Quote.Of(text)} is no cron expression: {error}");
            }
        }

        if (periodic.SpecType is not (null or "" or "cron"))
        {
            yield return new Fault("Periodic.SpecType", $"Expected cron; {Quote.Of(periodic.SpecType)} came.");
        }

        if (!string.IsNullOrEmpty(periodic.TimeZone) && (periodic.TimeZone.Length > JobLimits.MaxNameLength || !TimeZoneInfo.TryFindSystemTimeZoneById(periodic.TimeZone, out _)))
        {
            yield return new Fault("Periodic.TimeZone", $"Expected a time zone of the IANA database, such as Europe/Berlin; {Quote.Of(periodic.TimeZone)} came.");
        }
    }

    private static IEnumerable<Fault> OfParameterized(ParameterizedJobConfig? parameterized)
    {
        if (parameterized is null)
        {
            yield break;
        }

        if (parameterized.Payload is not (null or "" or PayloadRules.Optional or PayloadRules.Required or PayloadRules.Forbidden))
        {
            yield return new Fault("ParameterizedJob.Payload", $"Expected optional, required or forbidden; {Quote.Of(parameterized.Payload)} came.");
        }

        var keys = (parameterized.MetaRequired ?? []).Concat(parameterized.MetaOptional ?? []).ToArray();
        if (keys.Length > JobLimits.MaxEntries || keys.Any(static key => key is not { Length: > 0 and <= JobLimits.MaxKeyLength }))
        {
            yield return new Fault("ParameterizedJob.MetaRequired", $"At most {JobLimits.MaxEntries} keys with those of MetaOptional, of 1 to {JobLimits.MaxKeyLength} characters.");
        }
        else if (keys.GroupBy(static key => key, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } repeated)
        {
            yield return new Fault("ParameterizedJob.MetaOptional", $"{Quote.Of(repeated.Key)} is named twice.");
        }
        else if (keys.FirstOrDefault(static key => key.StartsWith(PlatformMeta.Prefix, StringComparison.Ordinal)) is { } own)
        {
            yield return new Fault("ParameterizedJob.MetaOptional", $"{Quote.Of(own)} is the platform's: where a job runs is decided when it is submitted.");
        }
    }
}
