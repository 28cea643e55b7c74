using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's rules for the checks of a service of provider <c>consul</c>. A setting of another type than the check's is refused.</summary>
internal static class ServiceCheckRules
{
    public const string NoCheckRestart = "Tasks are not restarted by their checks: an unhealthy instance leaves discovery and keeps running.";

    private const long Second = JobLimits.Second;
    private const string Types = "http, tcp, grpc or script";

    public static IEnumerable<(string Field, string Message)> FaultsOf(JobService service, ServicePlace place)
    {
        if (service.Checks?.Count > JobLimits.MaxChecks)
        {
            yield return (nameof(service.Checks), $"At most {JobLimits.MaxChecks} checks; {service.Checks.Count} came.");
            yield break;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, check) in (service.Checks ?? []).Index())
        {
            var path = $"{nameof(service.Checks)}[{index}]";
            if (check is null)
            {
                yield return (path, "A check is an object; null came.");
                continue;
            }

            if (!names.Add(ServiceDefaults.NameOf(check, "")))
            {
                yield return ($"{path}.{nameof(check.Name)}", check.Name is null or ""
                    ? "Of several checks, at most one goes without a name."
                    : $"More than one check is named {Quote.Of(check.Name)}.");
            }

            foreach (var (field, message) in FaultsOf(check, service, place))
            {
                yield return ($"{path}.{field}", message);
            }
        }
    }

    private static IEnumerable<(string Field, string Message)> FaultsOf(JobServiceCheck check, JobService service, ServicePlace place)
    {
        var type = check.Type?.ToLowerInvariant();
        var ofType = type switch
        {
            CheckTypes.Http => OfHttp(check),
            CheckTypes.Grpc => OfGrpc(check),
            CheckTypes.Script => OfScript(check, service, place),
            CheckTypes.Tcp => [],
            _ => [(nameof(check.Type), $"Expected {Types}; {Quote.Of(check.Type)} came.")],
        };
        return [.. Unsupported(check), .. OfAny(check, service, place, type), .. Foreign(check, type), .. ofType];
    }

    private static IEnumerable<(string, string)> Unsupported(JobServiceCheck check)
    {
        if (ServiceRules.IsGiven(check.CheckRestart))
        {
            yield return (nameof(check.CheckRestart), NoCheckRestart);
        }

        if (check.Expose is true)
        {
            yield return (nameof(check.Expose), "There is no service mesh that a check could be exposed through.");
        }

        if (UnsupportedRules.IsGiven(check.Advertise))
        {
            yield return (nameof(check.Advertise), "A check is made by the agent of the service's node, at the service's address.");
        }

        if (ServiceRules.FaultOfOnUpdate(check.OnUpdate) is { } fault)
        {
            yield return (nameof(check.OnUpdate), fault);
        }
    }

    private static IEnumerable<(string, string)> OfAny(JobServiceCheck check, JobService service, ServicePlace place, string? type)
    {
        if (check.Name is { Length: > 0 } && !ServiceText.IsLine(check.Name, JobLimits.MaxNameLength))
        {
            yield return (nameof(check.Name), $"At most {JobLimits.MaxNameLength} characters without control characters.");
        }

        if (check.Interval is not (>= Second and <= 24 * 3600 * Second))
        {
            yield return (nameof(check.Interval), $"Expected 1 second to 24 hours, in nanoseconds; {check.Interval?.ToString() ?? "nothing"} came.");
        }

        if (check.Timeout is not (>= Second and <= 3600 * Second))
        {
            yield return (nameof(check.Timeout), $"Expected 1 second to 1 hour, in nanoseconds; {check.Timeout?.ToString() ?? "nothing"} came.");
        }

        if (check.InitialStatus is not (null or "" or "passing" or "warning" or "critical"))
        {
            yield return (nameof(check.InitialStatus), $"Expected passing, warning, critical or nothing; {Quote.Of(check.InitialStatus)} came.");
        }

        foreach (var (field, count) in Thresholds(check).Where(threshold => threshold.Count is < 0 or > JobLimits.MaxThreshold))
        {
            yield return (field, $"Expected 0 to {JobLimits.MaxThreshold}; {count} came.");
        }

        if (check.Notes?.Length > JobLimits.MaxNotesLength)
        {
            yield return (nameof(check.Notes), $"At most {JobLimits.MaxNotesLength} characters.");
        }

        if (ServiceRules.FaultOfPort(check.PortLabel, place.Group) is { } port)
        {
            yield return (nameof(check.PortLabel), port);
        }
        else if (string.IsNullOrEmpty(check.PortLabel) && string.IsNullOrEmpty(service.PortLabel) && type is CheckTypes.Http or CheckTypes.Tcp or CheckTypes.Grpc)
        {
            yield return (nameof(check.PortLabel), $"A check of type {type} needs a port: neither it nor its service has one.");
        }

        if (check.AddressMode is not (null or "" or AddressModes.Host))
        {
            yield return (nameof(check.AddressMode), $"Expected host or nothing; {Quote.Of(check.AddressMode)} came.");
        }

        if (!string.IsNullOrEmpty(check.TaskName) && (place.Task is { } task ? task.Name != check.TaskName : place.Find(check.TaskName) is null))
        {
            yield return (nameof(check.TaskName), place.Task is null ? $"The group has no task {Quote.Of(check.TaskName)}." : "Expected the service's own task, or nothing.");
        }

        if (check.TLSServerName is { Length: > 0 } && !ServiceText.IsWord(check.TLSServerName, JobLimits.MaxAddressLength))
        {
            yield return (nameof(check.TLSServerName), $"Expected a host name of at most {JobLimits.MaxAddressLength} characters.");
        }
    }

    private static IEnumerable<(string Field, int? Count)> Thresholds(JobServiceCheck check) =>
    [
        (nameof(check.SuccessBeforePassing), check.SuccessBeforePassing), (nameof(check.FailuresBeforeCritical), check.FailuresBeforeCritical),
        (nameof(check.FailuresBeforeWarning), check.FailuresBeforeWarning),
    ];

    /// <summary>What only other types have. Empty texts and false say nothing: clients send whole objects.</summary>
    private static IEnumerable<(string, string)> Foreign(JobServiceCheck check, string? type)
    {
        var given = new List<(string Field, string Of)>();
        void Note(bool isGiven, string field, string of) => given.AddRange(isGiven && of != type ? [(field, of)] : []);
        Note(!string.IsNullOrEmpty(check.Path), nameof(check.Path), CheckTypes.Http);
        Note(!string.IsNullOrEmpty(check.Protocol), nameof(check.Protocol), CheckTypes.Http);
        Note(!string.IsNullOrEmpty(check.Method), nameof(check.Method), CheckTypes.Http);
        Note(check.Header is { Count: > 0 }, nameof(check.Header), CheckTypes.Http);
        Note(!string.IsNullOrEmpty(check.Body), nameof(check.Body), CheckTypes.Http);
        Note(!string.IsNullOrEmpty(check.GRPCService), nameof(check.GRPCService), CheckTypes.Grpc);
        Note(check.GRPCUseTLS is true, nameof(check.GRPCUseTLS), CheckTypes.Grpc);
        Note(!string.IsNullOrEmpty(check.Command), nameof(check.Command), CheckTypes.Script);
        Note(check.Args is { Count: > 0 }, nameof(check.Args), CheckTypes.Script);
        return type is CheckTypes.Http or CheckTypes.Tcp or CheckTypes.Grpc or CheckTypes.Script
            ? given.Select(setting => (setting.Field, $"A check of type {type} has no {setting.Field}; one of type {setting.Of} has."))
            : [];
    }

    private static IEnumerable<(string, string)> OfHttp(JobServiceCheck check)
    {
        if (!ServiceText.IsWord(check.Path, JobLimits.MaxPathLength) || check.Path!.StartsWith("//", StringComparison.Ordinal)
            || check.Path.Split('/', '?')[0].Contains(':', StringComparison.Ordinal))
        {
            yield return (nameof(check.Path), $"Expected the path of a URL, such as /health, of at most {JobLimits.MaxPathLength} characters; {Quote.Of(check.Path)} came.");
        }

        if (check.Protocol is not (null or "" or "http" or "https"))
        {
            yield return (nameof(check.Protocol), $"Expected http or https; {Quote.Of(check.Protocol)} came.");
        }

        if (check.Method is { Length: > 0 } && (check.Method.Length > 16 || !check.Method.All(char.IsAsciiLetter)))
        {
            yield return (nameof(check.Method), $"Expected a method such as GET; {Quote.Of(check.Method)} came.");
        }

        if (check.Header?.Count > JobLimits.MaxHeaders || check.Header?.Any(header => !IsHeader(header.Key, header.Value)) == true)
        {
            yield return (nameof(check.Header), $"At most {JobLimits.MaxHeaders} headers with names of HTTP, each with at most {JobLimits.MaxHeaderValues} values of at most "
                + $"{JobLimits.MaxHeaderLength} characters without control characters.");
        }

        if (check.Body?.Length > JobLimits.MaxCheckBodyLength)
        {
            yield return (nameof(check.Body), $"At most {JobLimits.MaxCheckBodyLength} characters.");
        }
    }

    private static IEnumerable<(string, string)> OfGrpc(JobServiceCheck check) =>
        check.GRPCService is { Length: > 0 } && !ServiceText.IsWord(check.GRPCService, JobLimits.MaxAddressLength)
            ? [(nameof(check.GRPCService), $"Expected a service of the server, of at most {JobLimits.MaxAddressLength} characters.")]
            : [];

    private static IEnumerable<(string, string)> OfScript(JobServiceCheck check, JobService service, ServicePlace place)
    {
        if (!ServiceText.IsLine(check.Command, JobLimits.MaxPathLength))
        {
            yield return (nameof(check.Command), $"Expected a program, of at most {JobLimits.MaxPathLength} characters; {Quote.Of(check.Command)} came.");
        }

        if (check.Args?.Count > JobLimits.MaxCheckArgs
            || check.Args?.Any(arg => arg is null || arg.Length > JobLimits.MaxPathLength || arg.Contains('\0', StringComparison.Ordinal)) == true)
        {
            yield return (nameof(check.Args), $"At most {JobLimits.MaxCheckArgs} arguments of at most {JobLimits.MaxPathLength} characters without NUL.");
        }

        foreach (var (field, _) in Thresholds(check).Where(threshold => threshold.Count > 0))
        {
            yield return (field, "Not for a check of type script.");
        }

        var name = string.IsNullOrEmpty(check.TaskName) ? service.TaskName : check.TaskName;
        var task = place.Task ?? (string.IsNullOrEmpty(name) ? null : place.Find(name));
        if (task is null)
        {
            yield return (nameof(check.TaskName), "A script runs where a task runs: name it, here or at the service.");
        }
        else if (DriverNames.RunBy(task.Driver) == DriverNames.Vm)
        {
            yield return (nameof(check.Type), "A script cannot run inside a VM: expected http, tcp or grpc.");
        }
    }

    private static bool IsHeader(string name, IReadOnlyList<string>? values) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
        && values is { Count: <= JobLimits.MaxHeaderValues }
        && values.All(value => value is not null && value.Length <= JobLimits.MaxHeaderLength && !value.Any(char.IsControl));
}
