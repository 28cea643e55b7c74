using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Services of provider <c>nomad</c>, of which no job has any: one that asks for that provider is refused. Those of provider
/// <c>consul</c> are in the registry, as in Nomad.
/// </summary>
internal static class JobServices
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/services", "/v1/jobs/{jobId}/services"])
        {
            routes.MapRead(pattern, ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.IReadOnlyListString, BindAsync)
                .Summary("The job's services of provider nomad: none.");
        }
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct) =>
        JobQuestions.AskAsync<IReadOnlyList<string>>(
            request, ChangeKinds.Job, ProvisioningJson.Default.IReadOnlyListString,
            static async (subject, token) =>
            {
                await subject.FindAsync(token);
                return [];
            },
            ct);
}
