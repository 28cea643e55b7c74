using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Encryption.Kv.Metadata;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Storage.Tables;

namespace Saas.Encryption.Kv.Config;

/// <summary>POST or PUT …/config: sets what holds for all secrets of a mount. Only what is given changes.</summary>
internal static class WriteConfig
{
    private const int MaxAttempts = 20;

    public static void Map(IRouteTable routes) =>
        routes.MapKv(VaultVerb.Write, "config", "kv:config", Meters.KvWrite, "Changes the settings of a KV mount.", WriteAsync);

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, CancellationToken ct)
    {
        var change = Given(request.Fields("max_versions", "cas_required", "delete_version_after"));
        if (change is null)
        {
            return VaultResponse.NoContent();
        }

        using var rows = await KvRows.OpenAsync(request, ct);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = await rows.GetAsync(KvRows.ConfigRow, KvJson.Default.KvConfig, ct);
            var value = rows.Seal(KvRows.ConfigRow, change(found?.Value ?? KvConfig.Default), KvJson.Default.KvConfig);
            var write = found is null
                ? TableWrite.Insert(KvRows.ConfigRow, value)
                : TableWrite.Replace(KvRows.ConfigRow, value, found.ETag);
            if ((await rows.Partition.WriteAsync(write, ct)).IsDone)
            {
                return VaultResponse.NoContent();
            }
        }

        return VaultResponse.Failed(new VaultError(StatusCodes.Status503ServiceUnavailable, "the settings are being changed by others: try again")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        });
    }

    /// <summary>Null where nothing was given. A null is zero or false, but for the duration, where it is as not given.</summary>
    private static Func<KvConfig, KvConfig>? Given(VaultFields fields)
    {
        var names = fields.Names.ToHashSet();
        int? max = names.Contains("max_versions") ? SecretSettings.MaxVersionsOf(fields) : null;
        bool? cas = names.Contains("cas_required") ? fields.Bool("cas_required", otherwise: false) : null;
        var after = fields.Duration("delete_version_after") is { } given ? (long)given.TotalSeconds : (long?)null;
        return (max, cas, after) is (null, null, null)
            ? null
            : config => config with
            {
                MaxVersions = max ?? config.MaxVersions,
                CasRequired = cas ?? config.CasRequired,
                DeleteAfter = after is null ? config.DeleteAfter : Math.Max(after.Value, KvConfig.Never),
            };
    }
}
