using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Saas.Encryption.Mounts;

namespace Saas.Encryption.Sys;

/// <summary>A mount as Vault describes it. What an engine of ours cannot have (seal wrap, plugins) is there as not set.</summary>
internal static class MountInfo
{
    /// <summary>Writes <c>"transit/": {…}</c>.</summary>
    public static void Write(Utf8JsonWriter json, ProjectMounts project, Mount mount)
    {
        json.WriteStartObject(mount.Path + "/");
        WriteMembers(json, project, mount);
        json.WriteEndObject();
    }

    public static void WriteMembers(Utf8JsonWriter json, ProjectMounts project, Mount mount)
    {
        var record = mount.Record;
        var described = new Described(Engines.TypeOf(record.Engine), record.Description, $"{project.ProjectId}/{mount.Id}")
        {
            DefaultLeaseTtl = record.DefaultLeaseTtl,
            MaxLeaseTtl = record.MaxLeaseTtl,
            ListingVisibility = record.ListingVisibility,
            Version = record.Engine == Engine.Kv ? "2" : null,
        };
        described.Write(json);
    }

    /// <summary>Writes <c>"sys/": {…}</c>: this API itself, which every project has.</summary>
    public static void WriteSystem(Utf8JsonWriter json, ProjectMounts project)
    {
        json.WriteStartObject("sys/");
        new Described("system", "system endpoints used for control, policy and debugging", project.ProjectId + "/sys").Write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes <c>"token/": {…}</c>: the one auth method.</summary>
    public static void WriteTokenMethod(Utf8JsonWriter json, string tenantId)
    {
        json.WriteStartObject("token/");
        new Described("token", "token based credentials", tenantId + "/token") { TokenType = "default-service" }.Write(json);
        json.WriteEndObject();
    }

    /// <param name="Identity">Names it among all mounts: what accessor and UUID are made from.</param>
    private sealed record Described(string Type, string Description, string Identity)
    {
        public long DefaultLeaseTtl { get; init; }
        public long MaxLeaseTtl { get; init; }
        public string ListingVisibility { get; init; } = "";
        public string? Version { get; init; }
        public string? TokenType { get; init; }

        public void Write(Utf8JsonWriter json)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(Identity), hash);
            json.WriteString("accessor", string.Create(CultureInfo.InvariantCulture, $"{Type}_{Convert.ToHexStringLower(hash[..4])}"));
            WriteConfig(json);
            json.WriteString("deprecation_status", "supported");
            json.WriteString("description", Description);
            json.WriteBoolean("external_entropy_access", false);
            json.WriteBoolean("local", false);
            if (Version is null)
            {
                json.WriteNull("options");
            }
            else
            {
                json.WriteStartObject("options");
                json.WriteString("version", Version);
                json.WriteEndObject();
            }

            json.WriteString("plugin_version", "");
            json.WriteString("running_plugin_version", VaultVersion.BuiltIn);
            json.WriteString("running_sha256", "");
            json.WriteBoolean("seal_wrap", false);
            json.WriteString("type", Type);
            json.WriteString("uuid", new Guid(hash[..16]));
        }

        private void WriteConfig(Utf8JsonWriter json)
        {
            json.WriteStartObject("config");
            json.WriteNumber("default_lease_ttl", DefaultLeaseTtl);
            json.WriteBoolean("force_no_cache", false);
            if (ListingVisibility.Length > 0)
            {
                json.WriteString("listing_visibility", ListingVisibility);
            }

            json.WriteNumber("max_lease_ttl", MaxLeaseTtl);
            if (TokenType is not null)
            {
                json.WriteString("token_type", TokenType);
            }

            json.WriteEndObject();
        }
    }
}
