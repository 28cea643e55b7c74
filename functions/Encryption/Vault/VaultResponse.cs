using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Saas.Encryption.Vault;

/// <summary>What of an answer its JSON is.</summary>
internal enum VaultPart
{
    Data,

    /// <summary>
    /// Its members stand beside the envelope's, too, where Vault keeps that from its first API: mounts, auth methods,
    /// capabilities.
    /// </summary>
    DataAlsoOnTop,

    /// <summary>A token made or renewed.</summary>
    Auth,

    /// <summary>The envelope itself: an answer that was wrapped, as it was then.</summary>
    Whole,
}

/// <summary>What a handler answers; the endpoint puts Vault's envelope around it. Disposed by the endpoint.</summary>
internal sealed class VaultResponse : IDisposable
{
    private readonly PooledBuffer? _data;

    private VaultResponse(int status, PooledBuffer? data, VaultError? error, bool isWrittenWhole = false)
    {
        (Status, _data, Error, IsWhole) = (status, data, error, isWrittenWhole);
        Json = data is null || isWrittenWhole ? null! : new Utf8JsonWriter(data, VaultJson.Writing);
    }

    /// <summary>May be changed on a response with data: batches fail in part, deleted secrets have metadata.</summary>
    public int Status { get; set; }

    /// <summary>Writes the members of <c>data</c>; its object is begun already, and ended by the endpoint.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Of a response begun with <see cref="Written"/>: the bytes of <c>data</c>, braces included.</summary>
    public PooledBuffer Buffer => _data ?? throw new InvalidOperationException("The response has no data.");

    public VaultError? Error { get; }

    public VaultPart Part { get; init; }

    /// <summary>Set where the answer is that something was wrapped.</summary>
    public WrapInfo? WrapInfo { get; private init; }

    public bool HasData => _data is not null || WrapInfo is not null;

    /// <summary>Vault's success without a body.</summary>
    public static VaultResponse NoContent() => new(StatusCodes.Status204NoContent, null, null);

    /// <param name="capacity">Bytes expected; more is fine.</param>
    public static VaultResponse Data(int capacity = 1024, VaultPart part = VaultPart.Data)
    {
        var response = new VaultResponse(StatusCodes.Status200OK, new PooledBuffer(capacity), null) { Part = part };
        response.Json.WriteStartObject();
        return response;
    }

    /// <summary>An envelope that was finished before.</summary>
    public static VaultResponse Whole(ReadOnlySpan<byte> envelope)
    {
        var data = new PooledBuffer(envelope.Length);
        data.Write(envelope);
        return new VaultResponse(StatusCodes.Status200OK, data, null) { Part = VaultPart.Whole, IsWhole = true };
    }

    public static VaultResponse Wrapped(WrapInfo wrapped) => new(StatusCodes.Status200OK, null, null) { WrapInfo = wrapped };

    /// <summary>Data whose JSON the slice writes itself, into <see cref="Buffer"/>.</summary>
    /// <param name="capacity">Bytes expected; more is fine.</param>
    public static VaultResponse Written(int capacity) =>
        new(StatusCodes.Status200OK, new PooledBuffer(capacity), null, isWrittenWhole: true);

    /// <summary>The value, which must be an object in JSON, as <c>data</c>.</summary>
    public static VaultResponse Of<T>(T value, JsonTypeInfo<T> type)
    {
        var response = new VaultResponse(StatusCodes.Status200OK, new PooledBuffer(), null);
        JsonSerializer.Serialize(response.Json, value, type);
        response.IsWhole = true;
        return response;
    }

    /// <summary>A list's answer: <c>{"keys":[…]}</c>, and 404 where there is nothing, as Vault has it.</summary>
    public static VaultResponse Keys(IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
        {
            return NotFound();
        }

        var response = Data();
        response.Json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            response.Json.WriteStringValue(key);
        }

        response.Json.WriteEndArray();
        return response;
    }

    public static VaultResponse NotFound() => Failed(new VaultError(StatusCodes.Status404NotFound));

    public static VaultResponse BadRequest(string message) => Failed(new VaultError(StatusCodes.Status400BadRequest, message));

    public static VaultResponse Failed(VaultError error) => new(error.Status, null, error);

    /// <summary>The finished JSON of <c>data</c>.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_data is null)
        {
            return default;
        }

        if (!IsWhole)
        {
            Json.WriteEndObject();
            IsWhole = true;
        }

        Json?.Flush();
        return _data.WrittenMemory;
    }

    public void Dispose()
    {
        if (_data is not null)
        {
            Json?.Dispose();
            _data.Dispose();
        }
    }

    private bool IsWhole { get; set; }
}
