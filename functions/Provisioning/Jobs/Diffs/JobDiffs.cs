using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>
/// The difference of two versions of a job, in the shape, the names and the order that Nomad gives it: clients print it. As
/// there, spreads are in none, and the job's own update block is in its groups'.
/// </summary>
internal static class JobDiffs
{
    /// <param name="old">Complete; null: there was no such job.</param>
    /// <param name="now">Complete.</param>
    public static JobDiff Of(Job? old, Job now)
    {
        var fields = Differences.OfFields(FieldsOf(old), FieldsOf(now), isContextual: false);
        var datacenters = Differences.OfTexts("Datacenters", old?.Datacenters, now.Datacenters, showsUnchanged: false);
        var objects = Differences.Together(
            [datacenters],
            TargetDiffs.OfConstraints(old?.Constraints, now.Constraints),
            TargetDiffs.OfAffinities(old?.Affinities, now.Affinities),
            [OfPeriodic(old?.Periodic, now.Periodic)],
            [OfParameterized(old?.ParameterizedJob, now.ParameterizedJob)]);
        var groups = GroupDiffs.Of(old?.TaskGroups, now.TaskGroups);
        var isEdited = fields is not null || objects is not null || groups.Any(static group => group.Type != DiffTypes.None);
        return new JobDiff
        {
            Type = old is null ? DiffTypes.Added : isEdited ? DiffTypes.Edited : DiffTypes.None,
            ID = now.ID!,
            Fields = fields,
            Objects = objects,
            TaskGroups = groups.Count == 0 ? null : groups,
        };
    }

    private static FlatFields? FieldsOf(Job? job) => job is null ? null : new FlatFields()
        .Flag(nameof(Job.Stop), job.Stop)
        .Text(nameof(Job.Region), job.Region)
        .Text(nameof(Job.Namespace), job.Namespace)
        .Text(nameof(Job.ParentID), job.ParentID)
        .Text(nameof(Job.Name), job.Name)
        .Text(nameof(Job.Type), job.Type)
        .Number(nameof(Job.Priority), job.Priority)
        .Flag(nameof(Job.AllAtOnce), job.AllAtOnce)
        .Text(nameof(Job.NodePool), job.NodePool)
        .Flag(nameof(Job.Dispatched), job.Dispatched)
        .Text(nameof(Job.DispatchIdempotencyToken), job.DispatchIdempotencyToken)
        .Map(nameof(Job.Meta), job.Meta)
        .Text(nameof(Job.ConsulNamespace), job.ConsulNamespace)
        .Text(nameof(Job.VaultNamespace), job.VaultNamespace);

    private static ObjectDiff? OfPeriodic(PeriodicConfig? old, PeriodicConfig? now)
    {
        if (Differences.AreSame(old, now, NomadJson.Default.PeriodicConfig))
        {
            return null;
        }

        var specs = Differences.OfTexts(nameof(PeriodicConfig.Specs), old?.Specs, now?.Specs, showsUnchanged: false);
        return new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = nameof(Job.Periodic),
            Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
            Objects = Differences.Together([specs]),
        };

        static FlatFields? Fields(PeriodicConfig? periodic) => periodic is null ? null : new FlatFields()
            .Flag(nameof(periodic.Enabled), periodic.Enabled)
            .Text(nameof(periodic.Spec), periodic.Spec)
            .Text(nameof(periodic.SpecType), periodic.SpecType)
            .Flag(nameof(periodic.ProhibitOverlap), periodic.ProhibitOverlap)
            .Text(nameof(periodic.TimeZone), periodic.TimeZone);
    }

    private static ObjectDiff? OfParameterized(ParameterizedJobConfig? old, ParameterizedJobConfig? now)
    {
        if (Differences.AreSame(old, now, NomadJson.Default.ParameterizedJobConfig))
        {
            return null;
        }

        return new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = nameof(Job.ParameterizedJob),
            Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
            Objects = Differences.Together(
                [Differences.OfTexts(nameof(now.MetaOptional), old?.MetaOptional, now?.MetaOptional, showsUnchanged: true)],
                [Differences.OfTexts(nameof(now.MetaRequired), old?.MetaRequired, now?.MetaRequired, showsUnchanged: true)]),
        };

        static FlatFields? Fields(ParameterizedJobConfig? block) => block is null ? null : new FlatFields().Text(nameof(block.Payload), block.Payload);
    }
}

/// <summary>Constraints and affinities: each is what it says, so a changed one is another one.</summary>
internal static class TargetDiffs
{
    public static IReadOnlyList<ObjectDiff> OfConstraints(IReadOnlyList<Constraint>? old, IReadOnlyList<Constraint>? now) => Differences.OfSet(
        old, now, static constraint => JsonSerializer.Serialize(constraint, NomadJson.Default.Constraint),
        static (before, after) => Differences.OfObject("Constraint", Fields(before), Fields(after)));

    public static IReadOnlyList<ObjectDiff> OfAffinities(IReadOnlyList<Affinity>? old, IReadOnlyList<Affinity>? now) => Differences.OfSet(
        old, now, static affinity => JsonSerializer.Serialize(affinity, NomadJson.Default.Affinity),
        static (before, after) => Differences.OfObject("Affinity", Fields(before), Fields(after)));

    private static FlatFields? Fields(Constraint? constraint) => constraint is null ? null : new FlatFields()
        .Text(nameof(constraint.LTarget), constraint.LTarget)
        .Text(nameof(constraint.RTarget), constraint.RTarget)
        .Text(nameof(constraint.Operand), constraint.Operand);

    private static FlatFields? Fields(Affinity? affinity) => affinity is null ? null : new FlatFields()
        .Text(nameof(affinity.LTarget), affinity.LTarget)
        .Text(nameof(affinity.RTarget), affinity.RTarget)
        .Text(nameof(affinity.Operand), affinity.Operand)
        .Number(nameof(affinity.Weight), affinity.Weight);
}
