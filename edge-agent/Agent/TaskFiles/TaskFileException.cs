namespace Saas.EdgeAgent.TaskFiles;

/// <summary>A file of a task cannot be had: because of its source, of the network, of what came, or of where it should go.</summary>
internal sealed class TaskFileException(string message, Exception? inner = null) : Exception(message, inner);
