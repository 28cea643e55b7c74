using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>Those who submit, change and stop jobs, and decide about deployments.</summary>
internal sealed class Users(World world)
{
    private const int JobsAtFirst = 10;
    private const int JobsAtMost = 26;

    private readonly JobMaker _jobs = new(world.Chance);
    private int _named;

    public async Task BeginAsync()
    {
        await world.Provisioning.SetSettingsAsync(new SchedulerSettings
        {
            PreemptForService = true, PreemptForBatch = world.Chance.OneIn(2), PreemptForSysBatch = world.Chance.OneIn(2), PreemptForSystem = true,
        });
        for (var i = 0; i < JobsAtFirst; i++)
        {
            await SubmitNewAsync();
        }

        await SubmitAsync(_jobs.Periodic("clock"));
        await SubmitAsync(_jobs.Periodic("night"));
        await SubmitAsync(_jobs.Parameterized("dispatched"));
        world.Agenda.Background(world.Chance.Seconds(20, 120), HappenAsync);
    }

    private async Task HappenAsync()
    {
        world.Agenda.Background(world.Chance.Seconds(10, 240), HappenAsync);
        if (world.IsQuiet)
        {
            return;
        }

        var chance = world.Chance;
        var job = chance.Any([.. world.Mirror.Jobs.Values.Where(static record => !record.Purge)]);
        switch (chance.Below(24))
        {
            case < 4 when world.Mirror.Jobs.Count < JobsAtMost || job is null:
                await SubmitNewAsync();
                break;
            case < 9 when job is { IsParent: false, Job.ParentID: null }:
                await ChangeAsync(job, record => _jobs.Changed(record.Job));
                break;
            case < 10 when job is { Job.ParentID: null }:
                await ChangeAsync(job, record => _jobs.Changed(record.Job));
                break;
            case < 12 when job is { Job.ParentID: null }:
                await ChangeAsync(job, record => _jobs.Scaled(record.Job));
                break;
            case < 14 when job is not null && (!job.IsParent || chance.OneIn(4)):
                await StopAsync(job, purge: chance.OneIn(2));
                break;
            case < 20:
                await DecideAsync();
                break;
            case 20:
                await DispatchAsync();
                break;
            case 21:
                await TidyUpAsync();
                break;
            case 22:
                await ConfigureAsync();
                break;
            default:
                await LimitAsync();
                break;
        }
    }

    private Task SubmitNewAsync()
    {
        // Now and then a name that was there before: the job begins anew.
        var id = world.Chance.OneIn(6) && _named > 0 ? $"job{world.Chance.Below(_named)}" : $"job{_named++}";
        return SubmitAsync(world.Chance.Below(12) switch
        {
            < 6 => _jobs.Any(id, JobTypes.Service),
            < 8 => _jobs.Any(id, JobTypes.Batch),
            8 => _jobs.Any(id, JobTypes.System),
            9 => _jobs.Any(id, JobTypes.SysBatch),
            10 => _jobs.Periodic(id),
            _ => _jobs.Any(id, JobTypes.Service),
        });
    }

    private Task SubmitAsync(Job job)
    {
        var project = world.Chance.Any(World.Projects)!;
        return world.Provisioning.ChangeJobAsync(project, job.ID!, before => before is null ? Record(job, null, project) : null);
    }

    private Task ChangeAsync(JobRecord known, Func<JobRecord, Job> change) => world.Provisioning.ChangeJobAsync(
        known.ProjectId, known.Job.ID!,
        before => before is { Purge: false } ? Record(change(before), before, known.ProjectId) : null);

    private Task StopAsync(JobRecord known, bool purge) => world.Provisioning.ChangeJobAsync(
        known.ProjectId, known.Job.ID!,
        before => before is null ? null : before with
        {
            Job = before.Job with { Stop = true },
            Version = before.Job.Stop is true ? before.Version : before.Version + 1,
            Purge = before.Purge || purge,
            Stable = before.Stable && before.Job.Stop is true,
        });

    private async Task DispatchAsync()
    {
        if (world.Chance.Any([.. world.Mirror.Jobs.Values.Where(static record => record is { IsParent: true, Purge: false, Job: { ParameterizedJob: not null, Stop: not true } })]) is { } parent)
        {
            var id = ChildJobs.DispatchId(parent.Job.ID!, "", world.Clock.GetUtcNow(), $"{world.Chance.Below(int.MaxValue):x8}");
            await world.Provisioning.ChangeJobAsync(parent.ProjectId, id, before => before is null
                ? ChildJobs.Dispatched(parent, id, parent.Job.Priority ?? 50, new Dictionary<string, string> { ["n"] = id[^8..] }, null, null)
                : null);
        }
    }

    /// <summary>What was stopped, and children that are over, are purged.</summary>
    private async Task TidyUpAsync()
    {
        foreach (var job in world.Mirror.Jobs.Values
            .Where(record => !record.Purge && (record.Job.Stop is true || record.Job.ParentID is not null) && world.Chance.Percent(60)).ToArray())
        {
            await StopAsync(job, purge: true);
        }
    }

    private async Task DecideAsync()
    {
        var deployment = world.Chance.Any([.. world.Mirror.Deployments.Values.Where(static record => DeploymentStatus.IsActive(record.Status))]);
        if (deployment is null)
        {
            return;
        }

        var choice = world.Chance.Below(8);
        await world.Provisioning.ChangeDeploymentAsync(deployment.ProjectId, deployment.Id, before => !DeploymentStatus.IsActive(before.Status) ? null : choice switch
        {
            0 => before with { Status = DeploymentStatus.Failed, StatusDescription = "by a user" },
            1 => before with { Status = DeploymentStatus.Paused },
            < 4 => before with { Status = DeploymentStatus.Running },
            _ => before.Groups.Values.All(group => group.Healthy >= Math.Min(group.DesiredCanaries, group.DesiredTotal))
                ? before with
                {
                    Groups = before.Groups.ToDictionary(static pair => pair.Key, static pair => pair.Value with { Promoted = pair.Value.DesiredCanaries > 0 }),
                }
                : null,
        });
    }

    private Task ConfigureAsync() => world.Provisioning.SetSettingsAsync(new SchedulerSettings
    {
        Algorithm = world.Chance.OneIn(3) ? "spread" : "binpack",
        PreemptForService = !world.Chance.OneIn(4),
        PreemptForBatch = world.Chance.OneIn(2),
        PreemptForSysBatch = world.Chance.OneIn(2),
        PreemptForSystem = !world.Chance.OneIn(4),
    });

    private Task LimitAsync()
    {
        var chance = world.Chance;
        return world.Provisioning.SetQuotaAsync(new ProjectQuota
        {
            ProjectId = World.Projects[1],
            Region = World.Region,
            CpuMhz = chance.OneIn(3) ? null : chance.Between(4, 40) * 1000,
            MemoryMb = chance.OneIn(3) ? null : chance.Between(4, 40) * 1024,
            Allocations = chance.OneIn(2) ? null : chance.Between(5, 40),
        });
    }

    private static JobRecord Record(Job job, JobRecord? before, string project = "") => new()
    {
        ProjectId = before?.ProjectId ?? project,
        Region = World.Region,
        Job = job,
        Version = before is null ? 0 : before.Version + 1,
        CreateIndex = 0,
        ModifyIndex = 0,
        JobModifyIndex = 0,
        SubmittedAt = default,
        Stable = false,
    };
}
