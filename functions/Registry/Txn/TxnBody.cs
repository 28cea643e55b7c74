using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Txn;

/// <summary>One operation as it is sent: the first part that is there is what it is.</summary>
internal sealed record TxnOpBody
{
    public KvOpBody? KV { get; init; }
    public NodeOpBody? Node { get; init; }
    public ServiceOpBody? Service { get; init; }
    public CheckOpBody? Check { get; init; }
}

internal sealed record KvOpBody
{
    public string? Verb { get; init; }
    public string? Key { get; init; }

    /// <summary>In base 64 on the wire.</summary>
    public byte[]? Value { get; init; }

    public ulong Flags { get; init; }
    public ulong Index { get; init; }
    public string? Session { get; init; }
}

internal sealed record NodeOpBody
{
    public string? Verb { get; init; }
    public TxnNodeBody? Node { get; init; }
}

internal sealed record TxnNodeBody
{
    public string? ID { get; init; }
    public string? Node { get; init; }
    public string? Address { get; init; }
    public Dictionary<string, string>? TaggedAddresses { get; init; }
    public Dictionary<string, string>? Meta { get; init; }
    public ulong ModifyIndex { get; init; }
}

internal sealed record ServiceOpBody
{
    public string? Verb { get; init; }
    public string? Node { get; init; }
    public ServiceBody? Service { get; init; }
}

internal sealed record CheckOpBody
{
    public string? Verb { get; init; }
    public CheckBody? Check { get; init; }
}

/// <summary>As Consul reads it: members without regard to case, unknown ones not looked at.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, AllowDuplicateProperties = true)]
[JsonSerializable(typeof(IReadOnlyList<TxnOpBody?>))]
internal sealed partial class TxnJson : JsonSerializerContext
{
    /// <summary>The operations; what is none is left out, as Consul does it.</summary>
    /// <exception cref="RegistryException">400: <c>Failed to parse body: …</c></exception>
    public static IReadOnlyList<TxnOpBody> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.IsEmpty
                ? throw RegistryException.BadRequest("Failed to parse body: EOF")
                : [.. (JsonSerializer.Deserialize(body.Span, Default.IReadOnlyListTxnOpBody) ?? []).OfType<TxnOpBody>()
                    .Where(op => op.KV is not null || op.Node is not null || op.Service is not null || op.Check is not null)];
        }
        catch (JsonException e)
        {
            throw RegistryException.BadRequest($"Failed to parse body: at {e.Path ?? "$"}, line {e.LineNumber + 1}");
        }
    }
}
