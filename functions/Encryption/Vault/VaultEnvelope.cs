using System.Buffers.Text;
using System.Text.Json;

namespace Saas.Encryption.Vault;

/// <summary>What Vault writes around an answer's <c>data</c>.</summary>
internal static class VaultEnvelope
{
    private const int EmptyObjectBytes = 2;

    /// <param name="data">JSON of an object, or empty for null.</param>
    /// <param name="mountType">As Vault names the engine: <c>transit</c>, <c>kv</c>, <c>system</c>, <c>token</c>.</param>
    public static void Write(
        PooledBuffer body, Guid requestId, ReadOnlySpan<byte> data, IReadOnlyList<string> warnings, string mountType,
        VaultPart part = VaultPart.Data, WrapInfo? wrapped = null)
    {
        body.Write("{"u8);
        if (part == VaultPart.DataAlsoOnTop && data.Length > EmptyObjectBytes)
        {
            body.Write(data[1..^1]);
            body.Write(","u8);
        }

        body.Write("\"request_id\":\""u8);
        Utf8Formatter.TryFormat(requestId, body.GetSpan(36), out var written);
        body.Advance(written);
        body.Write("\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":0,\"data\":"u8);
        body.Write(data.IsEmpty || part == VaultPart.Auth ? "null"u8 : data);
        body.Write(",\"wrap_info\":"u8);
        if (wrapped is null)
        {
            body.Write("null"u8);
        }
        else
        {
            WriteWrapInfo(body, wrapped);
        }

        body.Write(",\"warnings\":"u8);
        if (warnings.Count == 0)
        {
            body.Write("null"u8);
        }
        else
        {
            WriteWarnings(body, warnings);
        }

        body.Write(",\"auth\":"u8);
        body.Write(part == VaultPart.Auth ? data : "null"u8);
        body.Write(",\"mount_type\":\""u8);
        written = System.Text.Encoding.ASCII.GetBytes(mountType, body.GetSpan(mountType.Length));
        body.Advance(written);
        body.Write("\"}\n"u8);
    }

    private static void WriteWrapInfo(PooledBuffer body, WrapInfo wrapped)
    {
        using var json = new Utf8JsonWriter(body, VaultJson.Writing);
        json.WriteStartObject();
        json.WriteString("token", wrapped.Token);
        json.WriteString("accessor", wrapped.Accessor);
        json.WriteNumber("ttl", (long)wrapped.Ttl.TotalSeconds);
        json.WriteString("creation_time", wrapped.CreatedAt);
        json.WriteString("creation_path", wrapped.CreationPath);
        if (wrapped.WrappedAccessor is { } accessor)
        {
            json.WriteString("wrapped_accessor", accessor);
        }

        json.WriteEndObject();
    }

    private static void WriteWarnings(PooledBuffer body, IReadOnlyList<string> warnings)
    {
        using var json = new Utf8JsonWriter(body, VaultJson.Writing);
        json.WriteStartArray();
        foreach (var warning in warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    }
}
