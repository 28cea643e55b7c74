using Saas.Cluster;
using Saas.Storage.Queues;

namespace Saas.Scheduler.Host.Cells;

/// <summary>A message with what it holds: completed once its cell has dealt with it.</summary>
internal sealed record CellMail(QueueMessage Message, InboxMessage Content);
