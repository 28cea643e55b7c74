using System.Buffers;
using System.Text.Json;
using Saas.Registry.Kv;

namespace Saas.Registry.Sessions;

/// <summary>Sessions as Consul writes them: a lock-delay in nanoseconds.</summary>
internal static class SessionJson
{
    public static void WriteAll(IBufferWriter<byte> body, IEnumerable<Session> sessions)
    {
        using var json = KvJson.WriterOn(body);
        json.WriteStartArray();
        foreach (var session in sessions)
        {
            Write(json, session);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Session session)
    {
        json.WriteStartObject();
        json.WriteString("ID"u8, session.ID);
        json.WriteString("Name"u8, session.Name);
        json.WriteString("Node"u8, session.Node);
        json.WriteNumber("LockDelay"u8, (long)session.LockDelay.TotalNanoseconds);
        json.WriteString("Behavior"u8, session.DeletesKeys ? "delete" : "release");
        json.WriteString("TTL"u8, session.TTL);
        json.WritePropertyName("NodeChecks"u8);
        WriteIds(json, session.NodeChecks);
        json.WritePropertyName("ServiceChecks"u8);
        WriteChecks(json, session.ServiceChecks);
        json.WriteNumber("CreateIndex"u8, session.CreateIndex);
        json.WriteNumber("ModifyIndex"u8, session.CreateIndex);
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, IReadOnlyList<string>? ids)
    {
        if (ids is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }

    private static void WriteChecks(Utf8JsonWriter json, IReadOnlyList<SessionServiceCheck>? checks)
    {
        if (checks is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("ID"u8, check.ID);
            json.WriteString("Namespace"u8, check.Namespace ?? "");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
