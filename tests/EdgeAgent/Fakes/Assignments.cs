using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Exec;

namespace Saas.EdgeAgent.Tests.Fakes;

internal static class Assignments
{
    public static readonly RestartPolicy NoRestarts = new() { Attempts = 0, Mode = "fail" };

    public static AssignedAllocation Shell(string script, string jobType = JobTypes.Service, RestartPolicy? policy = null) =>
        Of(jobType, policy, Task("main", "/bin/sh", "-c", script));

    public static AssignedAllocation Of(string jobType, RestartPolicy? policy, params JobTask[] tasks) => new()
    {
        Id = EntityId.New("alloc", TimeProvider.System),
        ProjectId = "prj_test",
        JobId = "job",
        JobVersion = 0,
        JobType = jobType,
        Group = "group",
        Index = 0,
        DesiredStatus = DesiredStatus.Run,
        EvaluationId = "eval_test",
        CreatedAt = DateTimeOffset.UnixEpoch,
        TaskGroup = new TaskGroup { Name = "group", Count = 1, Tasks = tasks, RestartPolicy = policy },
    };

    public static JobTask Task(string name, string command, params string[] arguments) => new()
    {
        Name = name,
        Driver = DriverNames.Exec,
        Config = ExecHarness.Config(command, arguments),
        Resources = new Resources { CPU = 500, MemoryMB = 64 },
        KillTimeout = 2_000_000_000,
    };

    public static AssignedAllocation Stopped(this AssignedAllocation allocation) =>
        allocation with { DesiredStatus = DesiredStatus.Stop, DesiredDescription = "job stopped" };
}
