using Microsoft.Extensions.Logging;
using Saas.Cluster.Assignments;
using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Scheduler.Host.Cells;

/// <summary>What every cell of a host works with.</summary>
internal sealed record CellEnvironment(
    PlatformScope Scope,
    IChangeSignal Signal,
    TimeProvider Time,
    SchedulerOptions Options,
    ILoggerFactory Loggers,
    ProjectDirectory Projects)
{
    public AssignmentReader Assignments { get; } = new(new DefinitionCache());
}
