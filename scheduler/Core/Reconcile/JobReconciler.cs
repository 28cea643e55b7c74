using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// Compares what a job asks for with the allocations it has. Every allocation has a name, <c>group[index]</c> (of system
/// jobs: <c>group</c> and the node); a group of count n owns the names 0 to n-1, and each name is filled by at most one
/// allocation that is meant to run. So the count cannot be exceeded, whatever was planned, lost or repeated before.
/// </summary>
/// <param name="staysOn">
/// Whether an allocation may get the group of the job's present version where it is: the node satisfies its constraints and
/// has room for what it has grown by. Asked once, and only of an allocation that stays if it may.
/// </param>
/// <param name="suits">
/// Whether a node may get a new allocation of the group, room apart: constraints, datacenter, pool, drivers. Asked for
/// system and sysbatch jobs, of open nodes.
/// </param>
public sealed class JobReconciler(
    INodes nodes, DateTimeOffset now, Func<GroupSpec, AllocationState, bool> staysOn, Func<GroupSpec, NodeSpec, bool> suits)
{
    public ReconcileResult Reconcile(EvaluationRequest request)
    {
        var look = new JobLook(nodes, now, staysOn, suits, request);
        var unwanted = request.Job switch
        {
            null => Reasons.JobRemoved,
            { Stopped: true } => Reasons.JobStopped,
            { IsTemplate: true } => Reasons.JobIsTemplate,
            _ => null,
        };
        if (unwanted is not null)
        {
            StopAll(look, request, unwanted);
        }
        else if (request.Job!.IsPerNode)
        {
            PlacePerNode(look, request);
        }
        else
        {
            PlaceByCount(look, request);
        }

        return look.Result;
    }

    private static void StopAll(JobLook look, EvaluationRequest request, string reason)
    {
        foreach (var allocation in request.Allocations)
        {
            look.Dismiss(allocation, reason);
        }

        if (request.Deployment is { IsActive: true } deployment)
        {
            look.Result.Deployment = deployment with
            {
                State = DeploymentState.Cancelled,
                Description = DeploymentDescriptions.JobStopped,
            };
        }
    }

    private static void PlaceByCount(JobLook look, EvaluationRequest request)
    {
        var rollOut = new RollOut(look, request);
        var groups = new GroupReconciler[look.Job.Groups.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = new GroupReconciler(look, look.Job.Groups[i], rollOut);
        }

        GroupReconciler? owner = null;
        for (var i = 0; i < request.Allocations.Count; i++)
        {
            // Mostly of the same group as the one before.
            var allocation = request.Allocations[i];
            if (owner?.Name != allocation.Group)
            {
                owner = OwnerOf(groups, allocation.Group);
            }

            if (owner is null)
            {
                look.Dismiss(allocation, Reasons.GroupRemoved);
            }
            else
            {
                owner.Add(allocation);
            }
        }

        foreach (var group in groups)
        {
            group.Reconcile();
        }

        rollOut.Report();
    }

    /// <summary>Null: the job has no such group any more.</summary>
    private static GroupReconciler? OwnerOf(GroupReconciler[] groups, string name) =>
        Array.Find(groups, group => group.Name == name);

    private static void PlacePerNode(JobLook look, EvaluationRequest request)
    {
        foreach (var group in look.Job.Groups)
        {
            new SystemReconciler(look, group).Reconcile(request.Allocations);
        }

        foreach (var allocation in request.Allocations)
        {
            if (look.Job.Groups.All(group => group.Name != allocation.Group))
            {
                look.Dismiss(allocation, Reasons.GroupRemoved);
            }
        }
    }
}
