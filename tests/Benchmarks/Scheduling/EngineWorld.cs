using System.Diagnostics;
using Saas.Scheduler.Core;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Benchmarks.Scheduling;

/// <summary>The engine alone: a cluster in memory and jobs to place on it. What a host does with a plan is done here, too: it is reserved.</summary>
internal sealed class EngineWorld
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly ResourceAsk _ask = new(CellWorld.CpuMhz, 0, CellWorld.MemoryMb, 100, 200);
    private readonly NodeConstraint _constraint = new("${attr.kernel.version}", "version", ">= 6.0");
    private int _jobs;
    private int _ids;

    public EngineWorld(int nodes)
    {
        for (var i = 0; i < nodes; i++)
        {
            Cluster.Put(new NodeSpec
            {
                Id = CellWorld.NodeId("eu", i),
                Datacenter = $"dc{(i % 3) + 1}",
                Status = NodeStatus.Ready,
                Attributes = new Dictionary<string, string> { ["kernel.version"] = $"6.1.{i / 500}", ["unique.hostname"] = $"host-{i}" },
                Drivers = new Dictionary<string, bool> { ["exec"] = true },
                CpuMhz = 83_200,
                Cores = 32,
                MemoryMb = 131_072,
                DiskMb = 1_000_000,
            });
        }
    }

    public Saas.Scheduler.Core.Model.Cluster Cluster { get; } = new();

    public EvaluationRequest Request(int count)
    {
        var id = $"job-{_jobs++}";
        return new EvaluationRequest($"eval-{id}", id, new JobSpec
        {
            Key = id,
            Version = 0,
            Kind = JobKind.Service,
            Datacenters = ["dc*"],
            Constraints = [_constraint],
            Groups =
            [
                new GroupSpec
                {
                    Name = "web",
                    Count = count,
                    Ask = _ask,
                    Definition = "1",
                    Drivers = ["exec"],
                    Reschedule = new RescheduleRule(0, TimeSpan.Zero, TimeSpan.FromSeconds(30), DelayFunction.Constant, TimeSpan.FromHours(1), true),
                },
            ],
        }, []);
    }

    /// <summary>Plans them together, and takes the plan over.</summary>
    /// <returns>How long the planning took.</returns>
    public TimeSpan Place(IReadOnlyList<EvaluationRequest> requests)
    {
        var begin = Stopwatch.GetTimestamp();
        var plan = PlacementPipeline.Plan(Cluster, requests, Now);
        var took = Stopwatch.GetElapsedTime(begin);
        foreach (var (evaluation, request) in plan.Evaluations.Zip(requests))
        {
            if (evaluation.IsBlocked)
            {
                throw new InvalidOperationException("The cluster is full: what was measured is not what was asked for.");
            }

            foreach (var placement in evaluation.Placed)
            {
                Cluster.Replace(null, new AllocationState
                {
                    Id = $"alloc-{_ids++}",
                    JobKey = request.JobKey,
                    Group = "web",
                    Index = placement.Item.Index,
                    NodeId = placement.NodeId,
                    JobVersion = 0,
                    Definition = "1",
                    Ask = _ask,
                    Assigned = true,
                    Run = RunState.Running,
                    CreatedAt = Now,
                });
            }
        }

        return took;
    }
}
