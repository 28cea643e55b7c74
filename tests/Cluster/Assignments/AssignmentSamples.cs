using System.Buffers;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Tests.Assignments;

/// <summary>Documents for tests.</summary>
internal static class AssignmentSamples
{
    public static AssignmentGroup Group(string job, string definition = "00") => new("prj_1", job, 1, JobTypes.Service, "web", definition);

    public static StoredAllocation Allocation(int number, AssignmentGroup group) => new()
    {
        Id = $"alloc_{number:D26}",
        Group = group,
        Index = number,
        EvaluationId = "eval_00000000000000000000000001",
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_764_400_000_000 + number),
        DesiredStatus = DesiredStatus.Run,
    };

    public static byte[] Write(string node, long index, params IEnumerable<StoredAllocation> allocations)
    {
        var text = new ArrayBufferWriter<byte>();
        using var writer = new AssignmentWriter();
        writer.Begin(text, node, index, epoch: 3);
        foreach (var allocation in allocations)
        {
            writer.Add(allocation.ToEntry());
        }

        writer.End();
        return text.WrittenSpan.ToArray();
    }

    /// <summary>Every member there or not, by chance; texts with what JSON must escape.</summary>
    public static StoredAllocation Random(Random random, AssignmentGroup[] groups) => Allocation(random.Next(), groups[random.Next(groups.Length)]) with
    {
        EvaluationId = Text(random),
        DesiredStatus = random.Next(3) switch { 0 => DesiredStatus.Run, 1 => DesiredStatus.Stop, _ => DesiredStatus.Evict },
        Description = Maybe(random, Text(random)) ?? "",
        PreviousAllocation = Maybe(random, Text(random)),
        DeploymentId = Maybe(random, Text(random)),
        Canary = random.Next(2) == 0,
        Healthy = random.Next(3) switch { 0 => null, 1 => true, _ => false },
        Ports = Maybe(random, Many(random, () => new AssignedPort(Text(random), random.Next(1, 65536), random.Next(0, 3), Maybe(random, Text(random)) ?? "default", Maybe(random, Text(random)) ?? ""))),
        Devices = Maybe(random, Many(random, () => new AssignedDevice(Text(random), Text(random), Text(random), Text(random), Many(random, () => Text(random))))),
        Follows = Maybe(random, Many(random, () => Text(random))),
        Score = random.Next(2) == 0 ? null : Math.Round(random.NextDouble(), 4),
    };

    /// <summary>For comparison: records hold lists, which are equal only by reference.</summary>
    public static string Show(StoredAllocation allocation) => string.Join(
        '|',
        allocation with { Ports = null, Devices = null, Follows = null },
        string.Join(',', allocation.Ports ?? []),
        string.Join(',', (allocation.Devices ?? []).Select(static device => $"{device with { Ids = [] }}:{string.Join('+', device.Ids)}")),
        string.Join(',', allocation.Follows ?? []));

    private static List<T> Many<T>(Random random, Func<T> one) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => one())];

    private static T? Maybe<T>(Random random, T value) where T : class => random.Next(2) == 0 ? null : value;

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => "ab\"\\/\n\t<é€"[random.Next(10)]));
}
