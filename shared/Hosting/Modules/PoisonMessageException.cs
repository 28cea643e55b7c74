namespace Saas.Hosting.Modules;

/// <summary>
/// Thrown by a queue handler for a message that no other delivery can help: the pump dead-letters it at once, with the
/// reason. Where a Functions host owns the message, it is answered as a failure and dead-lettered after its last try.
/// </summary>
/// <param name="reason">For operators: what was expected and what came; nothing secret, no payload.</param>
public sealed class PoisonMessageException(string reason, Exception? inner = null) : Exception(reason, inner);
