namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Where the services of this node's allocations are made known. The caller says what should be, as often as it likes and from
/// the beginning after every start of the agent; who implements this makes it so.
/// <list type="number">
/// <item><see cref="Show"/> must be quick, must not throw, and must have taken effect for questions asked of this machine when it
/// returns. Calls do not overlap.</item>
/// <item>Of an allocation that is shown, exactly the services shown are registered. Of an undecided one, what was registered
/// stays. Of all others nothing stays, whoever registered it: an agent before this one, too.</item>
/// <item>Services that users registered themselves are none of its business: <see cref="Contracts.Jobs.JobServiceId.Prefix"/>
/// tells them apart.</item>
/// <item>The registry may be away for as long as it likes: then it is told later, and <see cref="WithdrawnAsync"/> waits.</item>
/// </list>
/// </summary>
internal interface IAllocationServices
{
    void Show(ServicePicture picture);

    /// <summary>
    /// Completes when the registry knows that none of these services is there any more; at once for those it never knew. The
    /// caller has shown a picture without them, is about to stop what offered them, and gives up waiting after a while.
    /// </summary>
    /// <param name="serviceIds">As in <see cref="RunningService.Id"/>.</param>
    Task WithdrawnAsync(IReadOnlyCollection<string> serviceIds, CancellationToken ct);

    /// <summary>
    /// Null: all these services are registered, and every check of them is as good as it must be (Nomad's <c>on_update</c>: passing,
    /// or at least a warning, or anything). Else what is not well, for people. Quick, and of this machine alone.
    /// </summary>
    string? FaultOf(AllocationServices services);
}

/// <summary>The services of all allocations of this node at one moment.</summary>
/// <param name="Allocations">Those that have services now, one entry each.</param>
/// <param name="Undecided">Ids of allocations that this agent has not looked at since it started: their driver may hang.</param>
internal sealed record ServicePicture(IReadOnlyList<AllocationServices> Allocations, IReadOnlySet<string> Undecided);

/// <summary>For an agent whose registry is switched off.</summary>
internal sealed class NoAllocationServices : IAllocationServices
{
    public static readonly NoAllocationServices Instance = new();

    private NoAllocationServices()
    {
    }

    public void Show(ServicePicture picture)
    {
        // Nobody asks.
    }

    public Task WithdrawnAsync(IReadOnlyCollection<string> serviceIds, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Nobody runs checks here, so that they cannot be waited for: the tasks decide alone.</summary>
    public string? FaultOf(AllocationServices services) => null;
}
