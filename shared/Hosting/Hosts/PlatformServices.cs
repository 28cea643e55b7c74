using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Hosting.Hosts;

/// <summary>What a composition root opens once and every module in the process shares.</summary>
public sealed record PlatformServices(
    ITableStore Store, IMessageQueue Queue, ILease Lease, IChangeSignal Signal, TimeProvider Time);
