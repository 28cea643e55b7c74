using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>
/// Services of two versions. They have no name of their own, so Nomad pairs those that have most in common: name 3, port 2, place
/// in the list 1; below 3 they are different ones.
/// </summary>
internal static class ServiceDiffs
{
    private const int LeastInCommon = 3;

    public static IReadOnlyList<ObjectDiff> Of(IReadOnlyList<JobService>? old, IReadOnlyList<JobService>? now)
    {
        var (before, after) = (old ?? [], now ?? []);
        if (before.Count == 1 && after.Count == 1)
        {
            return Of(before[0], after[0]) is { } only ? [only] : [];
        }

        var taken = new HashSet<int>();
        var diffs = new List<ObjectDiff?>();
        for (var place = 0; place < before.Count; place++)
        {
            var match = MatchOf(before[place], place, after, taken);
            diffs.Add(Of(before[place], match is { } found ? after[found] : null));
            if (match is { } index)
            {
                taken.Add(index);
            }
        }

        diffs.AddRange(after.Where((_, index) => !taken.Contains(index)).Select(static service => Of(null, service)));
        return Differences.InOrder(diffs.OfType<ObjectDiff>());
    }

    private static int? MatchOf(JobService service, int place, IReadOnlyList<JobService> candidates, HashSet<int> taken)
    {
        int? match = null;
        var most = LeastInCommon - 1;
        for (var i = 0; i < candidates.Count; i++)
        {
            var inCommon = (i == place ? 1 : 0)
                + ((service.PortLabel ?? "") == (candidates[i].PortLabel ?? "") ? 2 : 0)
                + ((service.Name ?? "") == (candidates[i].Name ?? "") ? 3 : 0);
            if (!taken.Contains(i) && inCommon > most)
            {
                (match, most) = (i, inCommon);
            }
        }

        return match;
    }

    private static ObjectDiff? Of(JobService? old, JobService? now) => Differences.AreSame(old, now, NomadJson.Default.JobService) ? null : new ObjectDiff
    {
        Type = DiffTypes.Of(old is not null, now is not null),
        Name = "Service",
        Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
        Objects = Differences.Together(
            [Differences.OfTexts(nameof(JobService.CanaryTags), old?.CanaryTags, now?.CanaryTags, showsUnchanged: true)],
            [Differences.OfTexts(nameof(JobService.Tags), old?.Tags, now?.Tags, showsUnchanged: true)],
            Differences.OfSet(old?.Checks, now?.Checks, static check => check.Name ?? "", OfCheck),
            [OfWeights(old?.Weights, now?.Weights)]),
    };

    private static FlatFields? Fields(JobService? service) => service is null ? null : new FlatFields()
        .Text(nameof(service.Name), service.Name)
        .Text(nameof(service.TaskName), service.TaskName)
        .Text(nameof(service.PortLabel), service.PortLabel)
        .Text(nameof(service.AddressMode), service.AddressMode)
        .Text(nameof(service.Address), service.Address)
        .Flag(nameof(service.EnableTagOverride), service.EnableTagOverride)
        .Map(nameof(service.Meta), service.Meta)
        .Map(nameof(service.CanaryMeta), service.CanaryMeta)
        .Text("Namespace", "")
        .Text(nameof(service.OnUpdate), service.OnUpdate)
        .Text(nameof(service.Provider), service.Provider)
        .Text(nameof(service.Cluster), service.Cluster)
        .Text(nameof(service.Kind), service.Kind);

    private static ObjectDiff? OfWeights(JobServiceWeights? old, JobServiceWeights? now)
    {
        return old == now ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = nameof(JobService.Weights),
            Fields = Differences.OfFields(OfOne(old), OfOne(now), isContextual: true),
        };

        static FlatFields? OfOne(JobServiceWeights? weights)
        {
            var fields = weights is null ? null : new FlatFields();
            if (weights?.Passing > 0)
            {
                fields!.Number(nameof(weights.Passing), weights.Passing);
            }

            return weights?.Warning > 0 ? fields!.Number(nameof(weights.Warning), weights.Warning) : fields;
        }
    }

    private static ObjectDiff? OfCheck(JobServiceCheck? old, JobServiceCheck? now) => Differences.AreSame(old, now, NomadJson.Default.JobServiceCheck) ? null : new ObjectDiff
    {
        Type = DiffTypes.Of(old is not null, now is not null),
        Name = "Check",
        Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
        Objects = Differences.Together([OfHeader(old, now)]),
    };

    private static FlatFields? Fields(JobServiceCheck? check) => check is null ? null : new FlatFields()
        .Text(nameof(check.Name), check.Name)
        .Text(nameof(check.Type), check.Type)
        .Text(nameof(check.Command), check.Command)
        .Text(nameof(check.Path), check.Path)
        .Text(nameof(check.Protocol), check.Protocol)
        .Text(nameof(check.PortLabel), check.PortLabel)
        .Flag(nameof(check.Expose), check.Expose)
        .Text(nameof(check.AddressMode), check.AddressMode)
        .Number(nameof(check.Interval), check.Interval)
        .Number(nameof(check.Timeout), check.Timeout)
        .Text(nameof(check.InitialStatus), check.InitialStatus)
        .Text(nameof(check.Notes), check.Notes)
        .Text(nameof(check.TLSServerName), check.TLSServerName)
        .Flag(nameof(check.TLSSkipVerify), check.TLSSkipVerify)
        .Text(nameof(check.Method), check.Method)
        .Text(nameof(check.GRPCService), check.GRPCService)
        .Flag(nameof(check.GRPCUseTLS), check.GRPCUseTLS)
        .Text(nameof(check.TaskName), check.TaskName)
        .Number(nameof(check.SuccessBeforePassing), check.SuccessBeforePassing)
        .Number(nameof(check.FailuresBeforeCritical), check.FailuresBeforeCritical)
        .Number(nameof(check.FailuresBeforeWarning), check.FailuresBeforeWarning)
        .Text(nameof(check.Body), check.Body)
        .Text(nameof(check.OnUpdate), check.OnUpdate);

    private static ObjectDiff? OfHeader(JobServiceCheck? old, JobServiceCheck? now)
    {
        var (before, after) = (Flat(old), Flat(now));
        var fields = Differences.OfFields(before, after, isContextual: true);
        return fields?.Any(static field => field.Type != DiffTypes.None) is not true ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(before.Count > 0, after.Count > 0),
            Name = nameof(JobServiceCheck.Header),
            Fields = fields,
        };

        static FlatFields Flat(JobServiceCheck? check)
        {
            var flat = new FlatFields();
            foreach (var (name, values) in check?.Header ?? new Dictionary<string, IReadOnlyList<string>>())
            {
                foreach (var (index, value) in values.Index())
                {
                    flat.Text($"{name}[{index}]", value);
                }
            }

            return flat;
        }
    }
}
