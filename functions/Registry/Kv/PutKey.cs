using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Log;

namespace Saas.Registry.Kv;

/// <summary>PUT /v1/kv/:key: sets the value; with <c>cas</c>, <c>acquire</c> or <c>release</c> only if that can be.</summary>
internal static class PutKey
{
    /// <summary>More than a value may have, so that who sends more is told what it may.</summary>
    private const int MaxBodyBytes = 2 * KvLimits.MaxValueBytes;

    public static void Map(IRouteTable routes) =>
        routes.MapChange(
            "PUT", KvRequests.Pattern, KvRequests.Write, r => KvRequests.Resource(KvRequests.KeyOf(r)),
            "Sets a key; cas, acquire and release make it depend on its index or its lock. Answers whether it was set.", HandleAsync)
            .MaxBodyBytes(MaxBodyBytes);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        var key = KvRequests.RequireKey(request);
        KvRequests.RefuseConflicting(request, "cas", "acquire", "release");
        var flags = request.Api.Has("flags") ? KvRequests.NumberOf(request, "flags") : 0;
        var index = request.Api.Has("cas") ? KvRequests.NumberOf(request, "cas") : (ulong?)null;
        RefuseTooLarge(request.Api.Http.Request.ContentLength ?? 0);
        var value = await request.BodyAsync(ct);
        RefuseTooLarge(value.Length);
        var entry = new KvEntry { Key = key, Flags = flags, Value = value.IsEmpty ? null : value.ToArray() };
        return ConsulResult.Of(await request.ExecuteAsync(CommandOf(request, entry, index)));
    }

    private static Func<Draft, bool> CommandOf(ConsulRequest request, KvEntry entry, ulong? index)
    {
        if (index is { } seen)
        {
            return draft => draft.CasKey(entry, seen);
        }

        if (request.Api.Has("acquire"))
        {
            var session = request.Query("acquire") ?? "";
            return draft => draft.LockKey(entry, session) == LockOutcome.Taken;
        }

        if (request.Api.Has("release"))
        {
            var session = request.Query("release") ?? "";
            return draft => draft.UnlockKey(entry, session);
        }

        return draft =>
        {
            draft.SetKey(entry);
            return true;
        };
    }

    private static void RefuseTooLarge(long bytes)
    {
        if (bytes > KvLimits.MaxValueBytes)
        {
            throw new RegistryException(
                StatusCodes.Status413PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"Request body({bytes} bytes) too large, max size: {KvLimits.MaxValueBytes} bytes."));
        }
    }
}
