using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.LocalRegistry;
using Saas.LocalRegistry.Checks;

namespace Saas.EdgeAgent.Registry;

/// <summary>A check that a job declares, as the local registry runs it.</summary>
internal sealed class AllocationCheck(LocalRegistryOptions options, AssignedAllocation assigned, string allocationFolders)
{
    private const int NanosecondsPerTick = 100;

    public CheckDefinition DefinitionOf(RunningService service, RunningCheck check)
    {
        var declared = check.Declared;
        var target = $"{Bracketed(check.Address.Length > 0 ? check.Address : options.Address.ToString())}:{check.Port}";
        var definition = new CheckDefinition
        {
            Id = check.Id,
            Name = string.IsNullOrEmpty(declared.Name) ? $"service: \"{service.Declared.Name}\" check" : declared.Name,
            Notes = declared.Notes ?? "",
            ServiceId = service.Id,
            Status = declared.InitialStatus ?? "",
            Interval = Duration(declared.Interval),
            Timeout = Duration(declared.Timeout),
            SuccessBeforePassing = declared.SuccessBeforePassing ?? 0,
            FailuresBeforeWarning = declared.FailuresBeforeWarning ?? 0,
            FailuresBeforeCritical = declared.FailuresBeforeCritical ?? 0,
            TlsServerName = declared.TLSServerName ?? "",
            TlsSkipVerify = declared.TLSSkipVerify ?? false,
        };
        return declared.Type switch
        {
            CheckTypes.Http => definition with
            {
                Http = $"{(declared.Protocol == "https" ? "https" : "http")}://{target}/{(declared.Path ?? "").TrimStart('/')}",
                Method = declared.Method ?? "",
                Header = declared.Header ?? definition.Header,
                Body = declared.Body ?? "",
            },
            CheckTypes.Grpc => definition with
            {
                Grpc = string.IsNullOrEmpty(declared.GRPCService) ? target : $"{target}/{declared.GRPCService}",
                GrpcUseTls = declared.GRPCUseTLS ?? false,
            },
            CheckTypes.Script => Script(definition, check),
            _ => definition with { Tcp = target },
        };
    }

    /// <summary>A script runs beside its task: in its folder, as the agent, which is whom the exec driver's tasks run as.</summary>
    private CheckDefinition Script(CheckDefinition definition, RunningCheck check)
    {
        var script = definition with
        {
            Args = [check.Declared.Command ?? "", .. check.Declared.Args ?? []],
            WorkDirectory = check.Task is null ? "" : Path.Combine(allocationFolders, assigned.Id, check.Task, "local"),
        };
        var driver = assigned.TaskGroup.Tasks?.FirstOrDefault(task => task.Name == check.Task)?.Driver;
        return DriverNames.RunBy(driver) != DriverNames.Exec ? script with { Refusal = $"Scripts cannot be run in a task of driver {driver}." }
            : options.EnableLocalScriptChecks ? script
            : script with { Refusal = "Scripts are disabled on this agent; to enable, set registry.enableLocalScriptChecks in its configuration." };
    }

    private static TimeSpan Duration(long? nanoseconds) => TimeSpan.FromTicks((nanoseconds ?? 0) / NanosecondsPerTick);

    private static string Bracketed(string host) => host.Contains(':') ? $"[{host}]" : host;
}
