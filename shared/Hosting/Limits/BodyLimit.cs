using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Limits;

/// <summary>
/// The largest body a route takes. A body that says it is larger is refused unread, one that turns out to be is refused
/// where it does. In both cases what is still under way is taken in and dropped after the answer (Kestrel does that, for
/// at most five seconds): closing the connection on a client that is sending would take the answer from it.
/// </summary>
internal static class BodyLimit
{
    /// <summary>What is taken in and dropped at most; beyond that the connection is closed.</summary>
    private const long MaxDrainBytes = 32 * 1024 * 1024;

    public static Problem? Apply(HttpContext http, int limitBytes)
    {
        var length = http.Request.ContentLength;
        if (length > limitBytes)
        {
            SetServerLimit(http, length <= MaxDrainBytes ? length.Value : limitBytes);
            return Problem.TooLarge();
        }

        if (length is null && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            SetServerLimit(http, limitBytes + MaxDrainBytes);
            http.Request.Body = new LimitedBody(http.Request.Body, limitBytes);
        }

        return null;
    }

    private static void SetServerLimit(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytes;
        }
    }

    /// <summary>A body of unknown length, which fails as too large once it is.</summary>
    private sealed class LimitedBody(Stream body, long limitBytes) : Stream
    {
        private long _left = limitBytes;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await body.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(body.Read(buffer, offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            _left -= read;
            return _left >= 0 ? read : throw new ProblemException(Problem.TooLarge());
        }
    }
}
