namespace Saas.Encryption.Kv.Rows;

/// <summary>What a write makes of a secret.</summary>
/// <param name="Next">Null: nothing is to be written.</param>
/// <param name="Added">The value of version <see cref="SecretRecord.Current"/>, which is new; null: no version is.</param>
/// <param name="Dropped">Versions whose values go.</param>
internal sealed record SecretChange(SecretRecord? Next, ReadOnlyMemory<byte>? Added, IReadOnlyList<int> Dropped)
{
    public static readonly SecretChange None = new(null, null, []);

    /// <summary>The secret has changed since it was read: it is to be read again.</summary>
    public static readonly SecretChange Stale = new(null, null, []);

    public static SecretChange To(SecretRecord next) => new(next, null, []);
}

/// <summary>The rules of versions: pure, as Vault has them.</summary>
internal static class SecretVersions
{
    /// <param name="value">JSON.</param>
    public static SecretChange Add(
        SecretRecord secret, KvConfig config, ReadOnlyMemory<byte> value, Attribution by, DateTimeOffset now)
    {
        var number = checked(secret.Current + 1);
        var version = new VersionRecord(number, now) { DeletedAt = DeletionOf(secret, config, now), CreatedBy = by };
        var oldest = OldestAfter(secret, config, number);
        var next = secret with
        {
            Current = number,
            Oldest = oldest,
            UpdatedAt = now,
            UpdatedBy = by,
            Versions = [.. secret.Versions.Where(v => v.Number >= oldest), version],
        };
        return new SecretChange(next, value, [.. secret.Versions.Where(v => v.Number < oldest && !v.IsDestroyed).Select(v => v.Number)]);
    }

    /// <summary>Versions that are unknown, deleted or destroyed already stay as they are.</summary>
    public static SecretChange Delete(SecretRecord secret, IReadOnlyList<int> numbers, Attribution by, DateTimeOffset now) => SecretChange.To(
        Change(secret, numbers, v => v.IsDeleted(now) ? v : v with { DeletedAt = now, DeletedBy = by }) with { UpdatedBy = by });

    /// <summary>Their time begins anew, where versions are deleted by their age.</summary>
    public static SecretChange Undelete(
        SecretRecord secret, KvConfig config, IReadOnlyList<int> numbers, Attribution by, DateTimeOffset now) => SecretChange.To(
        Change(secret, numbers, v => v with { DeletedAt = DeletionOf(secret, config, now), DeletedBy = null }) with { UpdatedBy = by });

    public static SecretChange Destroy(SecretRecord secret, IReadOnlyList<int> numbers)
    {
        var dropped = secret.Versions.Where(v => !v.IsDestroyed && numbers.Contains(v.Number)).Select(v => v.Number).ToList();
        return new SecretChange(Change(secret, numbers, v => v with { IsDestroyed = true }), null, dropped);
    }

    private static SecretRecord Change(SecretRecord secret, IReadOnlyList<int> numbers, Func<VersionRecord, VersionRecord> change) =>
        secret with { Versions = [.. secret.Versions.Select(v => v.IsDestroyed || !numbers.Contains(v.Number) ? v : change(v))] };

    /// <summary>The sooner of what the secret and the mount say.</summary>
    private static DateTimeOffset? DeletionOf(SecretRecord secret, KvConfig config, DateTimeOffset now)
    {
        if (config.DeleteAfter == KvConfig.Never || (config.DeleteAfter == 0 && secret.DeleteAfter == 0))
        {
            return null;
        }

        var seconds = config.DeleteAfter == 0 || (secret.DeleteAfter != 0 && secret.DeleteAfter < config.DeleteAfter)
            ? secret.DeleteAfter
            : config.DeleteAfter;
        return now.AddSeconds(seconds);
    }

    /// <summary>The number kept is the greater of what the secret and the mount say.</summary>
    private static int OldestAfter(SecretRecord secret, KvConfig config, int number)
    {
        var kept = Math.Max(secret.MaxVersions, config.MaxVersions);
        kept = kept == 0 ? KvLimits.DefaultMaxVersions : kept;
        return number - secret.Oldest >= kept ? number - kept + 1 : secret.Oldest;
    }
}
