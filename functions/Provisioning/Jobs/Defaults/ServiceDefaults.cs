using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

/// <summary>
/// Fills in what a service leaves out, and replaces in its name what Nomad replaces there. A check's port and address stay
/// empty where the service's are meant: whoever edits the service later means both.
/// </summary>
internal static class ServiceDefaults
{
    public const string Provider = "consul";
    public const string OnUpdate = "require_healthy";
    public const string Cluster = "default";

    /// <param name="task">Null: the services are the group's.</param>
    /// <returns>Null where there are none: jobs from before there were services stay as they are.</returns>
    public static IReadOnlyList<JobService>? Complete(IReadOnlyList<JobService>? services, string job, string group, string? task) =>
        services is { Count: > 0 } ? [.. services.Select(service => Complete(service, job, group, task))] : null;

    /// <summary>The name a service gets: <paramref name="name"/> with its references replaced, or the default.</summary>
    /// <param name="job">The job's name, which is not always its id.</param>
    public static string NameOf(string? name, string job, string group, string? task)
    {
        if (string.IsNullOrEmpty(name))
        {
            return task is null ? $"{job}-{group}" : $"{job}-{group}-{task}";
        }

        var ofTask = task ?? "group"; // Nomad's word where there is no task
        return Interpolation.Replace(name, reference => reference switch
        {
            "JOB" => job,
            "TASKGROUP" or "GROUP" => group, // Nomad's code says the one, its documentation the other
            "TASK" => ofTask,
            "BASE" => $"{job}-{group}-{ofTask}",
            _ => null,
        });
    }

    public static string NameOf(JobServiceCheck check, string service) =>
        string.IsNullOrEmpty(check.Name) ? $"service: \"{service}\" check" : check.Name;

    private static JobService Complete(JobService service, string job, string group, string? task)
    {
        var name = NameOf(service.Name, job, group, task);
        return new JobService
        {
            Name = name,
            TaskName = Given(service.TaskName) ?? task,
            PortLabel = service.PortLabel ?? "",
            AddressMode = Given(service.AddressMode) ?? AddressModes.Auto,
            Address = service.Address ?? "",
            EnableTagOverride = service.EnableTagOverride ?? false,
            Tags = service.Tags ?? [],
            CanaryTags = service.CanaryTags ?? [],
            Meta = service.Meta ?? Empty,
            CanaryMeta = service.CanaryMeta ?? Empty,
            Weights = new JobServiceWeights { Passing = service.Weights?.Passing ?? 1, Warning = service.Weights?.Warning ?? 1 },
            Checks = [.. (service.Checks ?? []).Select(check => Complete(check, name))],
            Provider = Provider,
            Cluster = Cluster,
            OnUpdate = OnUpdate,
        };
    }

    private static JobServiceCheck Complete(JobServiceCheck check, string service)
    {
        var type = (check.Type ?? "").ToLowerInvariant();
        var isHttp = type == CheckTypes.Http;
        return check with
        {
            Name = NameOf(check, service),
            Type = type,
            InitialStatus = check.InitialStatus ?? "",
            SuccessBeforePassing = check.SuccessBeforePassing ?? 0,
            FailuresBeforeCritical = check.FailuresBeforeCritical ?? 0,
            FailuresBeforeWarning = check.FailuresBeforeWarning ?? 0,
            PortLabel = check.PortLabel ?? "",
            AddressMode = check.AddressMode ?? "",
            Protocol = isHttp ? Given(check.Protocol) ?? "http" : null,
            Method = isHttp ? Given(check.Method) ?? "GET" : null,
            GRPCUseTLS = type == CheckTypes.Grpc ? check.GRPCUseTLS ?? false : null,
            TLSSkipVerify = check.TLSSkipVerify ?? false,
            TaskName = check.TaskName ?? "",
            OnUpdate = OnUpdate,
            CheckRestart = null,
            Expose = null,
        };
    }

    private static Dictionary<string, string> Empty => [];

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
