using System.Text.Json;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Names = Saas.Cluster.Assignments.AssignmentNames;

namespace Saas.Cluster.Assignments;

/// <summary>The allocations of a document; members are asked for in the order in which they are written.</summary>
internal static class AllocationParser
{
    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static List<StoredAllocation> All(Utf8JsonReader reader, List<AssignmentGroup> groups, List<string> evaluations)
    {
        var allocations = new List<StoredAllocation>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.StartObject))
        {
            allocations.Add(One(ref reader, groups, evaluations));
        }

        return allocations;
    }

    private static StoredAllocation One(ref Utf8JsonReader reader, List<AssignmentGroup> groups, List<string> evaluations)
    {
        string? id = null, desired = null, why = null, previous = null, deployment = null;
        int? group = null, index = null, evaluation = null;
        long? at = null;
        double? score = null;
        bool? canary = null, healthy = null;
        List<AssignedPort>? ports = null;
        List<AssignedDevice>? devices = null;
        List<string>? follows = null;
        while (reader.ToMember())
        {
            if (reader.Is(Names.Id))
            {
                id = reader.ReadText();
            }
            else if (reader.Is(Names.GroupAt))
            {
                group = reader.ReadInt();
            }
            else if (reader.Is(Names.Slot))
            {
                index = reader.ReadInt();
            }
            else if (reader.Is(Names.EvaluationAt))
            {
                evaluation = reader.ReadInt();
            }
            else if (reader.Is(Names.CreatedAt))
            {
                at = reader.ReadLong();
            }
            else if (reader.Is(Names.Desired))
            {
                desired = reader.ReadText();
            }
            else if (reader.Is(Names.Why))
            {
                why = reader.ReadText();
            }
            else if (reader.Is(Names.Previous))
            {
                previous = reader.ReadText();
            }
            else if (reader.Is(Names.Deployment))
            {
                deployment = reader.ReadText();
            }
            else if (reader.Is(Names.Canary))
            {
                canary = reader.ReadFlag();
            }
            else if (reader.Is(Names.Healthy))
            {
                healthy = reader.ReadFlag();
            }
            else if (reader.Is(Names.Ports))
            {
                ports = DeviceAndPortParser.Ports(ref reader);
            }
            else if (reader.Is(Names.Devices))
            {
                devices = DeviceAndPortParser.Devices(ref reader);
            }
            else if (reader.Is(Names.Follows))
            {
                follows = reader.ReadTexts();
            }
            else if (reader.Is(Names.Score))
            {
                score = reader.ReadDouble();
            }
            else
            {
                reader.SkipValue();
            }
        }

        return new StoredAllocation
        {
            Id = id ?? throw AssignmentParser.Missing(Names.Id),
            Group = At(groups, group, Names.GroupAt),
            Index = index ?? throw AssignmentParser.Missing(Names.Slot),
            EvaluationId = At(evaluations, evaluation, Names.EvaluationAt),
            CreatedAt = Time(at ?? throw AssignmentParser.Missing(Names.CreatedAt)),
            DesiredStatus = Desired(desired),
            Description = why ?? "",
            PreviousAllocation = previous,
            DeploymentId = deployment,
            Canary = canary ?? false,
            Healthy = healthy,
            Ports = ports,
            Devices = devices,
            Follows = follows,
            Score = score,
        };
    }

    private static T At<T>(List<T> shared, int? position, JsonEncodedText name) =>
        position is not { } at ? throw AssignmentParser.Missing(name)
        : (uint)at < (uint)shared.Count ? shared[at]
        : throw new InvalidDataException($"The member '{name}' is {at}; there are {shared.Count}.");

    private static DateTimeOffset Time(long milliseconds) => milliseconds >= 0 && milliseconds <= LatestMilliseconds
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw new InvalidDataException($"The member '{Names.CreatedAt}' is {milliseconds}: no milliseconds since 1970.");

    /// <summary>One object each, however many allocations there are.</summary>
    private static string Desired(string? text) => text switch
    {
        null or DesiredStatus.Run => DesiredStatus.Run,
        DesiredStatus.Stop => DesiredStatus.Stop,
        DesiredStatus.Evict => DesiredStatus.Evict,
        _ => throw new InvalidDataException($"The member '{Names.Desired}' is '{text}': expected stop or evict."),
    };
}
