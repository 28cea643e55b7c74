using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Evaluation;

namespace Saas.Provisioning.Jobspec;

/// <summary>
/// What Nomad makes of a file beside what is written: the names of the job, groups of tasks that stand alone, what a job or group
/// says for all its tasks, and the default identity's place.
/// </summary>
internal sealed class JobNormalization(WorkBudget budget)
{
    /// <summary>Before the name of a member that each task without one of its own gets.</summary>
    public const string OfTasks = "#OfTasks.";

    /// <summary>Tasks outside of groups.</summary>
    public const string Alone = "#Alone";

    public void Apply(JsonObject job, string label)
    {
        job["ID"] ??= label;
        job["Name"] ??= label;
        GroupTasksAlone(job);
        var (vault, secrets) = (Take(job, OfTasks + "Vault"), Take(job, OfTasks + "Secrets"));
        foreach (var group in Objects(job["TaskGroups"]))
        {
            var (groupVault, groupSecrets) = (Take(group, OfTasks + "Vault"), Take(group, OfTasks + "Secrets"));
            foreach (var task in Objects(group["Tasks"]))
            {
                Give(task, groupVault);
                Give(task, vault);
                Append(task, groupSecrets);
                Append(task, secrets);
                MoveDefaultIdentity(task);
            }
        }
    }

    /// <summary>Each is a group with its name, before the groups of the file.</summary>
    private static void GroupTasksAlone(JsonObject job)
    {
        if (Take(job, Alone) is not JsonArray tasks)
        {
            return;
        }

        var groups = new JsonArray();
        foreach (var task in Moved(tasks))
        {
            groups.Add((JsonNode)new JsonObject { ["Name"] = task["Name"]!.GetValue<string>(), ["Tasks"] = new JsonArray(task) });
        }

        foreach (var group in job["TaskGroups"] is JsonArray others ? Moved(others) : [])
        {
            groups.Add((JsonNode)group);
        }

        job["TaskGroups"] = groups;
    }

    private void Give(JsonObject task, JsonNode? vault)
    {
        if (vault is not null && task["Vault"] is null)
        {
            task["Vault"] = Copy(vault);
        }
    }

    private void Append(JsonObject task, JsonNode? secrets)
    {
        if (secrets is JsonArray more)
        {
            var own = task["Secrets"] as JsonArray ?? [];
            task["Secrets"] = own;
            foreach (var secret in more)
            {
                own.Add(Copy(secret!));
            }
        }
    }

    /// <summary>One without a name, or called default, has a member of its own.</summary>
    private static void MoveDefaultIdentity(JsonObject task)
    {
        if (task["Identities"] is JsonArray identities
            && Objects(identities).FirstOrDefault(identity => identity["Name"]?.GetValue<string>() is null or "" or "default") is { } found)
        {
            identities.Remove(found);
            task["Identity"] = found;
        }
    }

    private JsonNode Copy(JsonNode node)
    {
        budget.Spend(HclLimits.BlockUnits + ((long)HclLimits.OutputUnits * node.ToJsonString().Length));
        return node.DeepClone();
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => list is JsonArray array ? array.OfType<JsonObject>() : [];

    private static List<JsonObject> Moved(JsonArray list)
    {
        var items = list.Select(item => (JsonObject)item!).ToList();
        list.Clear();
        return items;
    }

    private static JsonNode? Take(JsonObject from, string member)
    {
        var value = from[member];
        from.Remove(member);
        return value;
    }
}
