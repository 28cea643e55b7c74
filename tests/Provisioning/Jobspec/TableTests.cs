using System.Reflection;
using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobspec.Mapping;
using Saas.Provisioning.Jobspec.Tables;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>A table that names a member which our jobs have not would make the whole file unreadable: none does.</summary>
public sealed class TableTests
{
    [Fact]
    public void All_that_a_file_may_have_is_a_member_of_a_job_or_refused()
    {
        var absent = new List<string>();
        Check(JobTables.Job, typeof(Job), "job", absent);

        Assert.Empty(absent);
    }

    private static void Check(BodySpec spec, Type type, string path, List<string> absent)
    {
        foreach (var entry in spec.Entries.Where(entry => entry.Refusal is null && !entry.Member.StartsWith('#')))
        {
            var member = type.GetProperty(entry.Member, BindingFlags.Public | BindingFlags.Instance);
            if (member is null)
            {
                absent.Add($"{path}.{entry.Name}: {type.Name}.{entry.Member}");
            }
            else if (entry is BlockEntry { Body: { } body } block && ElementOf(member.PropertyType) is var element && element != typeof(JsonElement))
            {
                if (block.LabelMember is { } label && !label.StartsWith('#') && element.GetProperty(label) is null)
                {
                    absent.Add($"{path}.{entry.Name} label: {element.Name}.{label}");
                }

                Check(body, element, $"{path}.{entry.Name}", absent);
            }
        }
    }

    private static Type ElementOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsGenericType ? plain.GetGenericArguments()[^1] : plain;
    }
}
