namespace Saas.Storage;

/// <summary>The store did not answer or was overloaded, after retries. What was written is unknown.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
