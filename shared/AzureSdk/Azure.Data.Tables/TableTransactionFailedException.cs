using System.Globalization;

namespace Azure.Data.Tables;

/// <summary>The change set was refused as a whole.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(
            requestFailedException.Status,
            requestFailedException.Message,
            requestFailedException.ErrorCode,
            requestFailedException.InnerException) =>
        FailedTransactionActionIndex = ReadIndex(requestFailedException.Message);

    /// <summary>The action that was refused, where the service says so.</summary>
    public int? FailedTransactionActionIndex { get; }

    /// <summary>The service begins the message with the index and a colon.</summary>
    private static int? ReadIndex(string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
    }
}
