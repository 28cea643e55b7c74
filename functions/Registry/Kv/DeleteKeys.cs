using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Kv;

/// <summary>DELETE /v1/kv/:key: a key, with <c>cas</c> only at that index; with <c>recurse</c> all that begin so.</summary>
internal static class DeleteKeys
{
    public static void Map(IRouteTable routes) =>
        routes.MapChange(
            "DELETE", KvRequests.Pattern, KvRequests.Write, KvRequests.ResourceOf,
            "Deletes a key, or with recurse all below it; cas makes it depend on the key's index.", HandleAsync);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        KvRequests.RefuseConflicting(request, "recurse", "cas");
        if (request.Api.Has("recurse"))
        {
            var prefix = KvLimits.Checked(KvRequests.KeyOf(request.Api));
            KvRequests.RequireWholeTree(request, KvRequests.Write, prefix);
            return ConsulResult.Of(await request.ExecuteAsync(draft =>
            {
                draft.DeleteKeys(prefix);
                return true;
            }));
        }

        var key = KvRequests.RequireKey(request);
        var index = request.Api.Has("cas") ? KvRequests.NumberOf(request, "cas") : (ulong?)null;
        return ConsulResult.Of(await request.ExecuteAsync(draft =>
        {
            if (index is { } seen)
            {
                return draft.DeleteKeyCas(key, seen);
            }

            draft.DeleteKey(key);
            return true;
        }));
    }
}
