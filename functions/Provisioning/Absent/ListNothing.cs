using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Absent;

/// <summary>
/// Kinds of things that Nomad has and of which there can be none here, because what would make them is refused. Its clients,
/// autoscalers and Terraform list them in passing: none is the answer, and no error.
/// </summary>
internal static class ListNothing
{
    private static readonly string[] Paths =
        ["/v1/services", "/v1/service/{name}", "/v1/scaling/policies", "/v1/volumes", "/v1/plugins", "/v1/vars"];

    public static void Map(IRouteTable routes)
    {
        foreach (var path in Paths)
        {
            routes.MapRead(path, RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), ProvisioningJson.Default.IReadOnlyListString, BindAsync)
                .Summary("For Nomad's clients: there are none of these.");
        }
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct) =>
        ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.None),
            static _ => Task.FromResult(NomadReading.Of([], ProvisioningJson.Default.IReadOnlyListString)),
            IsSameForAll: true));
}
