using System.Globalization;
using System.Text;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// How much of a spool is in a tenant's log: a row beside the log's, written in the batch that appends to it. The row is
/// there from the tenant's first bundle until none of the tenant's records are left in the spool.
/// </summary>
/// <param name="spool">Id of the spool.</param>
/// <param name="isNew">The spool is so new that there can be no row.</param>
internal sealed class SpoolProgress(string spool, bool isNew)
{
    private readonly string _row = "!spool|" + spool;
    private bool _isKnown = isNew;
    private string? _etag;

    /// <summary>Of the spool, behind the tenant's last record that is in the log; 0 for none. As last known.</summary>
    public long Offset { get; private set; }

    /// <summary>The offset; asks the store only if what it has is not known.</summary>
    public async ValueTask<long> ReadAsync(TablePartition log)
    {
        if (!_isKnown)
        {
            var row = await log.GetAsync(_row, CancellationToken.None);
            Offset = row is null ? 0 : long.Parse(row.Value.Span, NumberStyles.None);
            (_etag, _isKnown) = (row?.ETag, true);
        }

        return Offset;
    }

    public TableWrite Advance(long offset)
    {
        var value = Encoding.ASCII.GetBytes(offset.ToString());
        return _etag is null ? TableWrite.Insert(_row, value) : TableWrite.Replace(_row, value, _etag);
    }

    public void Advanced(long offset, string etag) => (Offset, _etag, _isKnown) = (offset, etag, true);

    /// <summary>After a write that was refused, or of which nothing is known.</summary>
    public void Forget() => (_etag, _isKnown) = (null, false);

    /// <summary>
    /// Removes the row if it is still at most at <paramref name="offset"/>: from then on nothing is known to be in the
    /// log, so no record before <paramref name="offset"/> may be shipped again.
    /// </summary>
    public async Task RemoveAsync(TablePartition log, long offset)
    {
        Forget();
        if (await ReadAsync(log) <= offset && _etag is not null)
        {
            // Refused: a later record of the tenant was shipped just now, and the row is needed.
            await log.WriteAsync(TableWrite.Delete(_row, _etag), CancellationToken.None);
        }
    }
}
