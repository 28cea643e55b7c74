using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Where a group's host volumes are on this node, for the environment of its tasks: <c>NOMAD_VOLUME_name</c> is the path. Nothing
/// is mounted: no driver here gives a task a file system of its own.
/// </summary>
/// <param name="offered">This node's, by the name jobs use.</param>
internal sealed class GroupVolumes(IReadOnlyDictionary<string, HostVolume> offered)
{
    /// <exception cref="DriverException"><see cref="DriverFault.InvalidConfig"/>: this node does not offer it, or not for writing.</exception>
    public IEnumerable<KeyValuePair<string, string>> EnvironmentOf(TaskGroup group)
    {
        foreach (var (name, request) in group.Volumes ?? new Dictionary<string, VolumeRequest>())
        {
            if (!offered.TryGetValue(request.Source ?? "", out var volume))
            {
                throw new DriverException(DriverFault.InvalidConfig, $"volume {name}: this node has no host volume {request.Source}");
            }

            if (volume.ReadOnly && request.ReadOnly is not true)
            {
                throw new DriverException(DriverFault.InvalidConfig, $"volume {name}: host volume {request.Source} is for reading only on this node");
            }

            yield return KeyValuePair.Create($"NOMAD_VOLUME_{name}", volume.Path);
        }
    }
}
