namespace Azure.Data.Tables;

/// <summary>An entity as its keys, its ETag and its other properties by name. Here: strings and bytes.</summary>
public sealed class TableEntity : ITableEntity
{
    private readonly Dictionary<string, object> _properties = new(StringComparer.Ordinal);

    public TableEntity()
        : this("", "")
    {
    }

    public TableEntity(string partitionKey, string rowKey) => (PartitionKey, RowKey) = (partitionKey, rowKey);

    public string PartitionKey { get; set; }

    public string RowKey { get; set; }

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public object? this[string key]
    {
        get => _properties.GetValueOrDefault(key);
        set => _properties[key] = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <exception cref="InvalidOperationException">The property holds something else.</exception>
    public byte[]? GetBinary(string key) => _properties.GetValueOrDefault(key) switch
    {
        null => null,
        byte[] bytes => bytes,
        _ => throw new InvalidOperationException($"The property {key} is not binary."),
    };

    internal IEnumerable<KeyValuePair<string, object>> Properties => _properties;
}
