using Saas.Hosting.Modules;
using Saas.Identity.Projects;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>What a list says of each allocation.</summary>
/// <param name="WithTasks">Nomad's <c>task_states</c>; true unless said otherwise.</param>
internal sealed record AllocationShape(bool WithTasks, bool WithResources)
{
    public static AllocationShape Of(ApiRequest request) => new(
        request.Query("task_states") is not ("false" or "0"), QueryOptions.IsSet(request.Http.Request.Query, "resources"));

    /// <summary>Those of the projects; of others nothing is told.</summary>
    public async Task<IReadOnlyList<AllocationStubBody>> StubsAsync(
        TenantScope tenant, IReadOnlyList<AllocationView> views, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var names = await AllocationNames.OfAsync(tenant, views, projects, ct);
        return [.. views.Where(names.Knows).Select(view => StubOf(view, names))];
    }

    public AllocationStubBody StubOf(AllocationView view, AllocationNames names) => new()
    {
        ID = view.Id,
        EvalID = view.EvaluationId,
        Name = view.Name,
        Namespace = names.ProjectOf(view),
        NodeID = view.NodeId,
        NodeName = names.NodeOf(view),
        JobID = view.JobId,
        JobType = view.JobType,
        JobVersion = view.JobVersion,
        TaskGroup = view.Group,
        AllocatedResources = WithResources && view.TaskGroup is { } group ? AllocatedResourcesBody.Of(group, view.Ports, view.Devices) : null,
        DesiredStatus = view.DesiredStatus,
        DesiredDescription = view.DesiredDescription,
        ClientStatus = view.ClientStatus,
        ClientDescription = view.ClientDescription,
        DesiredTransition = new DesiredTransitionBody(view.MoveAskedAt is null ? null : true),
        TaskStates = WithTasks ? view.Tasks.ToDictionary(static task => task.Key, static task => TaskStateBody.Of(task.Value)) : null,
        DeploymentID = view.DeploymentId ?? "",
        DeploymentStatus = AllocDeploymentStatusBody.Of(view),
        PreviousAllocation = view.PreviousAllocation ?? "",
        NextAllocation = names.NextOf(view),
        CreateIndex = view.CreatedAt.ToUnixTimeMilliseconds(),
        ModifyIndex = view.ModifiedAt.ToUnixTimeMilliseconds(),
        CreateTime = view.CreatedAt.ToUnixNanoseconds(),
        ModifyTime = view.ModifiedAt.ToUnixNanoseconds(),
    };
}

/// <summary>What allocations are called beside their ids: their project, their node, and what came after them.</summary>
internal sealed class AllocationNames
{
    private readonly Dictionary<string, string> _projects;
    private readonly IReadOnlyDictionary<string, string> _nodes;
    private readonly IReadOnlyDictionary<string, string> _next;

    private AllocationNames(IReadOnlyList<ProjectRecord> projects, IReadOnlyDictionary<string, string> nodes, IReadOnlyDictionary<string, string> next)
    {
        _projects = projects.ToDictionary(static project => project.Id, static project => project.Name);
        (_nodes, _next) = (nodes, next);
    }

    /// <param name="views">All among which the successors of each may be.</param>
    public static async Task<AllocationNames> OfAsync(
        TenantScope tenant, IReadOnlyList<AllocationView> views, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var next = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var view in views)
        {
            if (view.PreviousAllocation is { } previous)
            {
                next[previous] = view.Id;
            }
        }

        return await OfAsync(tenant, views, projects, next, ct);
    }

    /// <param name="next">What came after those of the views that others came after.</param>
    public static async Task<AllocationNames> OfAsync(
        TenantScope tenant, IReadOnlyList<AllocationView> views, IReadOnlyList<ProjectRecord> projects, IReadOnlyDictionary<string, string> next, CancellationToken ct)
    {
        var nodes = await NodeRows.NamesAsync(tenant, views.Select(static view => view.NodeId).ToHashSet(StringComparer.Ordinal), ct);
        return new AllocationNames(projects, nodes, next);
    }

    /// <summary>Those of projects alone: who is asked about a node or a successor says that there is none.</summary>
    public static AllocationNames OfProjects(IReadOnlyList<ProjectRecord> projects) =>
        new(projects, new Dictionary<string, string>(), new Dictionary<string, string>());

    public bool Knows(AllocationView view) => _projects.ContainsKey(view.ProjectId);

    public string ProjectOf(AllocationView view) => _projects.GetValueOrDefault(view.ProjectId) ?? view.ProjectId;

    public string NodeOf(AllocationView view) => _nodes.GetValueOrDefault(view.NodeId, "");

    public string NextOf(AllocationView view) => _next.GetValueOrDefault(view.Id, "");
}
