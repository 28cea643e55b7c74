using System.Text.Json;
using Saas.Encryption.Kv;
using Saas.Encryption.Kv.Metadata;
using Saas.Encryption.Kv.Rows;

namespace Saas.Encryption.Tests.Kv;

public sealed class RecordSizeTests
{
    [Fact]
    public void ASecretWithAsManyVersionsAsMayBeKeptFitsIntoARow()
    {
        var at = new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_999);
        var by = new Attribution(new string('n', 64), "undelete", "key_" + new string('0', 26));
        var secret = SecretRecord.New(KvPath.Parse(new string('p', KvPath.MaxBytes)), at) with
        {
            Stamp = new string('f', 16),
            Current = int.MaxValue,
            Oldest = int.MaxValue - KvLimits.MaxVersions + 1,
            UpdatedBy = by,
            CustomMetadata = new(Enumerable.Range(0, CustomMetadata.MaxCount)
                .ToDictionary(i => i.ToString().PadLeft(CustomMetadata.MaxNameBytes, 'k'), _ => new string('"', CustomMetadata.MaxValueBytes))),
            Versions = [.. Enumerable.Range(int.MaxValue - KvLimits.MaxVersions + 1, KvLimits.MaxVersions).Select(number =>
                new VersionRecord(number, at) { DeletedAt = at, IsDestroyed = true, CreatedBy = by, DeletedBy = by })],
        };

        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(secret, KvJson.Default.SecretRecord).Length, 0, KvLimits.MaxValueBytes);
    }
}
