using FsCheck;
using FsCheck.Fluent;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Jobspec;
using Saas.Provisioning.Jobspec.Mapping;
using Saas.Provisioning.Jobspec.Tables;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>Files of anything that the tables allow, in any combination, are jobs, and their defaults can be filled in.</summary>
public sealed class JobFileProperties
{
    private const string Refused = "scaling"; // its blocks have rules of their own

    [Fact]
    public void AnyFileOfTheTablesIsAJobWithDefaults() => Prop.ForAll(
        BodyOf(JobTables.Job, 4).Select(body => $"job \"j\" {{\n{body}}}\n").ToArbitrary(),
        static text =>
        {
            var result = JobFile.Read(text, null);
            Assert.True(result.Job is not null, $"{string.Join('\n', result.Faults)}\n{text}");
            Saas.Contracts.Jobs.Job? canonical = null;
            var error = Record.Exception(() => canonical = ParseJob.Canonical(result.Job!));
            Assert.True(error is null, $"{error}\n{text}");
            return (canonical!.TaskGroups!.Count == (result.Job!.TaskGroups?.Count ?? 0)).Label(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Files that somebody is typing: pieces of the corpus' files left out, doubled and put elsewhere.</summary>
    [Fact]
    public void AnyDamagedFileIsAJobOrTellsItsFaults()
    {
        var files = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Jobspec", "Corpus"), "*.hcl").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var damaged = from file in Gen.Elements(files)
                      from cuts in Gen.ListOf(Gen.Choose(0, file.Length - 1), 3)
                      from other in Gen.Elements(files)
                      from at in Gen.Choose(0, other.Length - 20)
                      from damage in Gen.Choose(0, 3)
                      select Damage(file, [.. cuts.Order()], other.Substring(at, 20), damage);
        Prop.ForAll(damaged.ToArbitrary(), static text => JobFile.Read(text, text) is { Job: null, Faults.Count: > 0 } or { Job: not null })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    private static string Damage(string file, int[] cuts, string piece, int damage) => damage switch
    {
        0 => file[..cuts[0]] + file[cuts[1]..],
        1 => file[..cuts[0]],
        2 => file[..cuts[1]] + file[cuts[0]..cuts[2]] + file[cuts[2]..],
        _ => file[..cuts[0]] + piece + file[cuts[0]..],
    };

    private static Gen<string> BodyOf(BodySpec spec, int depth)
    {
        var usable = spec.Entries.Where(entry => entry.Refusal is null && entry.Name != Refused && (depth > 0 || entry is AttributeEntry)).ToList();
        var required = usable.OfType<AttributeEntry>().Where(entry => entry.IsRequired).Cast<Entry>();
        return from chosen in Gen.SubListOf(usable.AsEnumerable())
               from texts in Gen.CollectToList(chosen.Concat(required).Distinct(), entry => TextOf(entry, depth))
               select string.Concat(texts);
    }

    private static Gen<string> TextOf(Entry entry, int depth) => entry is AttributeEntry attribute
        ? ValueOf(attribute).Select(value => $"{entry.Name} = {value}\n")
        : BlockOf((BlockEntry)entry, depth);

    private static Gen<string> ValueOf(AttributeEntry entry) => entry.Kind switch
    {
        AttributeKind.Text => Gen.Elements("\"\"", "\"x\"", "\"${attr.kernel.name}\"", "7", "null", "<<E\nline\nE"),
        AttributeKind.Flag => Gen.Elements("true", "false", "\"true\""),
        AttributeKind.Whole => Gen.Elements(Math.Max(entry.Least, -3), 0, Math.Min(entry.Most, 90)).Select(number => number < entry.Least ? "0" : $"{number}"),
        AttributeKind.Duration => Gen.Elements("\"30s\"", "\"1h15m\"", "0", "\"-5ms\"", "null"),
        AttributeKind.TextList => Gen.Elements("[]", "[\"a\", 2]", "[for v in [1] : \"x${v}\"]"),
        AttributeKind.WholeList => Gen.Elements("[]", "[1, 2]"),
        _ => Gen.Elements("{}", "{ a = 1, \"b.c\" = \"d\" }"),
    };

    private static Gen<string> BlockOf(BlockEntry entry, int depth) => entry.Shape switch
    {
        BlockShape.Texts => Gen.Elements($"{entry.Name} {{}}\n", $"{entry.Name} {{\na = 1\nb-c = \"x\"\n}}\n"),
        BlockShape.TextLists => Gen.Elements($"{entry.Name} {{\nA = [\"x\"]\n}}\n"),
        BlockShape.Free => Gen.Elements($"{entry.Name} {{}}\n", $"{entry.Name} {{\na = {{ b = [1, null] }}\nc \"d\" {{\ne = true\n}}\n}}\n"),
        BlockShape.One => BodyOf(entry.Body!, depth - 1).Select(body => $"{entry.Name} {{\n{body}}}\n"),
        _ => from count in Gen.Choose(1, 2)
             from bodies in Gen.ListOf(BodyOf(entry.Body!, depth - 1), count)
             select string.Concat(bodies.Select((body, i) => entry.LabelMember is null ? $"{entry.Name} {{\n{body}}}\n" : $"{entry.Name} \"n{i}\" {{\n{body}}}\n")),
    };
}
