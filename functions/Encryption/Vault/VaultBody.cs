using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Saas.Encryption.Vault;

/// <summary>
/// A request's body as one run of bytes: where it came in one piece, the server's own buffer, else a pooled copy that is
/// cleared afterwards. Valid until disposed.
/// </summary>
internal readonly struct VaultBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;
    private readonly byte[]? _copy;

    private VaultBody(PipeReader reader, SequencePosition end, ReadOnlyMemory<byte> bytes, byte[]? copy) =>
        (_reader, _end, Bytes, _copy) = (reader, end, bytes, copy);

    public ReadOnlyMemory<byte> Bytes { get; }

    public static ValueTask<VaultBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength == 0 || (request.ContentLength is null && HttpMethods.IsGet(request.Method)))
        {
            return ValueTask.FromResult(default(VaultBody));
        }

        // Nothing of it may be there yet: many clients send the head by itself.
        var reader = request.BodyReader;
        if (reader.TryRead(out var result))
        {
            if (result.IsCompleted)
            {
                return ValueTask.FromResult(Of(reader, result.Buffer));
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        return ReadToEndAsync(reader, ct);
    }

    public void Dispose()
    {
        if (_copy is not null)
        {
            _copy.AsSpan(0, Bytes.Length).Clear();
            ArrayPool<byte>.Shared.Return(_copy);
        }

        _reader?.AdvanceTo(_end);
    }

    private static async ValueTask<VaultBody> ReadToEndAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            if (result.IsCompleted)
            {
                return Of(reader, result.Buffer);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static VaultBody Of(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return new VaultBody(reader, buffer.End, buffer.First, null);
        }

        var length = checked((int)buffer.Length);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(copy);
        return new VaultBody(reader, buffer.End, copy.AsMemory(0, length), copy);
    }
}
