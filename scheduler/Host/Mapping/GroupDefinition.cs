using System.Security.Cryptography;
using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using DesiredStatus = Saas.Contracts.Jobs.DesiredStatus;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>A task group of one job version, with what planning derives from it. Shared by all its allocations.</summary>
/// <param name="Definition">Equal for groups that run the same.</param>
internal sealed record GroupDefinition(TaskGroup Group, string Definition, ResourceAsk Ask)
{
    /// <summary>For a description and a replaced allocation, which the sample lacks.</summary>
    private const int SpareBytes = 256;

    public static GroupDefinition Of(JobVersionKey key, TaskGroup group) => new(group, DefinitionOf(group), AskOf(key, group));

    /// <summary>
    /// Without what may change under a running allocation: how many there are, where they may be, what follows when they
    /// fail, as what they are found, and how they leave. What is left reaches the workload.
    /// </summary>
    private static string DefinitionOf(TaskGroup group)
    {
        var lasting = group with
        {
            Count = null,
            Constraints = null,
            RestartPolicy = null,
            ReschedulePolicy = null,
            Services = null,
            ShutdownDelay = null,
            Tasks = [.. (group.Tasks ?? []).Select(static task => task with { Constraints = null, Services = null, ShutdownDelay = null })],
        };
        return Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(lasting, NomadJson.Default.TaskGroup)));
    }

    private static ResourceAsk AskOf(JobVersionKey key, TaskGroup group)
    {
        var (cpu, cores, memory) = (0, 0, 0);
        foreach (var resources in (group.Tasks ?? []).Select(static task => task.Resources))
        {
            if (resources?.Cores is > 0 and var whole)
            {
                cores += whole;
            }
            else
            {
                cpu += resources?.CPU ?? 100;
            }

            memory += resources?.MemoryMB ?? 300;
        }

        return new ResourceAsk(cpu, cores, memory, group.EphemeralDisk?.SizeMB ?? 300, BytesOf(key, group));
    }

    /// <summary>What an allocation of the group adds to its node's document, measured on a sample.</summary>
    private static int BytesOf(JobVersionKey key, TaskGroup group) => SpareBytes + JsonSerializer.SerializeToUtf8Bytes(
        new AssignedAllocation
        {
            Id = "alloc_00000000000000000000000000",
            ProjectId = key.Job.ProjectId,
            JobId = key.Job.JobId,
            JobVersion = key.Version,
            JobType = JobTypes.Service,
            Group = group.Name ?? "",
            Index = 9999,
            DesiredStatus = DesiredStatus.Run,
            EvaluationId = "eval_00000000000000000000000000",
            CreatedAt = DateTimeOffset.UnixEpoch,
            TaskGroup = group,
        },
        AgentJson.Default.AssignedAllocation).Length;
}
