using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>What was shown last, and what was waited for.</summary>
internal sealed class RecordedServices : IAllocationServices
{
    private ServicePicture? _picture;

    /// <summary>Null: nothing was shown yet.</summary>
    public ServicePicture? Picture => Volatile.Read(ref _picture);

    public int Shown { get; private set; }

    /// <summary>Awaited by who waits for a withdrawal.</summary>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task> Withdrawing { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Ids shown of an allocation.</summary>
    public IReadOnlyList<string> Of(string allocationId) =>
        [.. (Picture?.Allocations ?? []).Where(entry => entry.Assigned.Id == allocationId).SelectMany(entry => entry.Services).Select(service => service.Id)];

    public void Show(ServicePicture picture)
    {
        Shown++;
        Volatile.Write(ref _picture, picture);
    }

    /// <summary>Null: all are well.</summary>
    public string? Fault { get; set; }

    public string? FaultOf(AllocationServices services) => Fault;

    public Task WithdrawnAsync(IReadOnlyCollection<string> serviceIds, CancellationToken ct) => Withdrawing(serviceIds, ct);
}
