namespace Saas.Hosting.Audit;

/// <summary>
/// The record could not be kept: the spool is at its bound, its disk is full or cannot be written, or the process ends.
/// What should have been recorded must not succeed.
/// </summary>
public sealed class AuditSpoolFullException(string message, Exception? inner = null) : Exception(message, inner);
