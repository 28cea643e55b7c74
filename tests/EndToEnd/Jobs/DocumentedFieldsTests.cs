using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Scheduling;
using static System.StringComparison;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>Every answer about a real job has the fields that Nomad's documentation shows.</summary>
[Collection("jobs")]
public sealed class DocumentedFieldsTests(JobsSite site)
{
    /// <summary>What the samples show and answers do not have, and why.</summary>
    private static readonly (Func<string, bool> IsOne, string Why)[] NotShown =
    [
        (static field => field.Contains("TaskStates.*.", Ordinal), "Nomad fills them for its clients before 0.9: DisplayMessage tells"),
        (static field => field.StartsWith("/v1/node/NODE: Res", Ordinal) && !field.Contains("SecretID", Ordinal), "of before 0.9: NodeResources and ReservedResources tell"),
        (static field => field.Contains("SharedResources.", Ordinal) || field.Contains("Resources.Networks[].", Ordinal), "of before 0.9, or of networks of a task's own: AllocatedResources tells"),
        (static field => field.EndsWith("Metrics.Scores", Ordinal), "of before 0.9: ScoreMetaData tells"),
        (static field => field.EndsWith("SecretID", Ordinal), "nobody is to know"),
        (static field => field.EndsWith("Tasks[].Spreads", Ordinal) || field.EndsWith("Updates.create", Ordinal), "a slip of the documentation, or the user's word"),
        (static field => field.EndsWith("NAMESPACE: Hash", Ordinal), "tells Nomad's regions whether to copy it"),
    ];

    [Fact]
    public async Task Answers_have_the_documented_fields()
    {
        var documented = DocumentedFields.Read();
        var answers = await AnswersAsync(documented.Keys);
        Assert.Equal(documented.Keys.Order(), answers.Keys.Order());

        var missing = documented.SelectMany(pair => DocumentedFields.MissingIn(answers[pair.Key], pair.Value).Select(field => $"{pair.Key}: {field}")).ToArray();
        Assert.Equal([], missing.Where(static field => !NotShown.Any(known => known.IsOne(field))));
        Assert.Equal([], NotShown.Where(known => !missing.Any(known.IsOne)).Select(static known => known.Why));
        await site.PurgeAsync("known");
    }

    /// <summary>Of a job that was updated, promoted, scaled, reverted and evaluated.</summary>
    private async Task<Dictionary<string, JsonElement>> AnswersAsync(IEnumerable<string> asked)
    {
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "known"));
        await site.DeploymentAsync("known", 0, "successful");
        var next = await site.ParseAsync("service.nomad.hcl", "known", "colour=blue");
        answers["plan"] = await site.PlanAsync(next);
        await site.RegisterAsync(next);
        var deployment = await site.UntilAsync(
            () => site.GetAsync("/v1/job/known/deployment"),
            static seen => seen.Version() == 1 && seen.GetProperty("TaskGroups").GetProperty("main").GetProperty("HealthyAllocs").GetInt32() == 1);
        answers["promote"] = await site.PostAsync($"/v1/deployment/promote/{deployment.Text("ID")}", new JsonObject { ["DeploymentID"] = deployment.Text("ID"), ["All"] = true });
        await site.DeploymentAsync("known", 1, "successful");
        answers["scale"] = await site.PostAsync("/v1/job/known/scale", new JsonObject { ["Count"] = 3, ["Target"] = new JsonObject { ["Group"] = "main" } });
        answers["evaluate"] = await site.PostAsync("/v1/job/known/evaluate", new JsonObject { ["JobID"] = "known" });
        var allocation = (await site.AllocationsAsync("known", static seen => seen.Running().Length == 3)).Running()[0];
        var ids = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["JOB"] = "known",
            ["ALLOCATION"] = allocation.Text("ID"),
            ["DEPLOYMENT"] = deployment.Text("ID"),
            ["EVALUATION"] = allocation.Text("EvalID"),
            ["NODE"] = allocation.Text("NodeID"),
            ["NAMESPACE"] = allocation.Text("Namespace"),
        };
        foreach (var path in asked.Where(static path => path[0] == '/'))
        {
            answers[path] = await site.GetAsync(ids.Aggregate(path, static (text, id) => text.Replace(id.Key, id.Value, StringComparison.Ordinal)));
        }

        answers["revert"] = await site.PostAsync("/v1/job/known/revert", new JsonObject { ["JobID"] = "known", ["JobVersion"] = 0 });
        answers["drain"] = await site.PostAsync($"/v1/node/{ids["NODE"]}/drain", new JsonObject { ["DrainSpec"] = null });
        answers["eligibility"] = await site.PostAsync($"/v1/node/{ids["NODE"]}/eligibility", new JsonObject { ["Eligibility"] = "eligible" });
        answers["stop"] = await site.DeleteAsync("/v1/job/known");
        return answers;
    }
}
