namespace Saas.Scheduler.Core.Waiting;

/// <summary>Highest priority first, then who waits for longest.</summary>
internal readonly record struct WaitingPlace(int Rank, long Arrival, string JobKey) : IComparable<WaitingPlace>
{
    /// <summary>Behind all others.</summary>
    public static WaitingPlace Last { get; } = new(int.MaxValue, long.MaxValue, "");

    public int CompareTo(WaitingPlace other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Arrival.CompareTo(other.Arrival);
}

/// <summary>
/// Those who wait for one shape. When thousands of nodes come together, each is offered to thousands of jobs of which those in front have
/// been tried: how far they reach is remembered.
/// </summary>
internal sealed class WaitingQueue
{
    private readonly SortedSet<WaitingPlace> _places = [];

    /// <summary>Whom <see cref="_front"/> is about, as they were at <see cref="_era"/>.</summary>
    private TriedJobs? _tried;
    private int _era;

    /// <summary>All before it have been tried.</summary>
    private WaitingPlace _front;

    public int Count => _places.Count;

    public void Add(WaitingPlace place)
    {
        _places.Add(place);
        if (_tried is not null && place.CompareTo(_front) < 0 && !_tried.Contains(place.JobKey))
        {
            _tried = null;
        }
    }

    public void Remove(WaitingPlace place) => _places.Remove(place);

    public bool HasUntried(TriedJobs tried)
    {
        Advance(tried);
        return _places.Count > 0 && _places.Max.CompareTo(_front) >= 0;
    }

    /// <summary>In the order of the queue, from the first who has not been tried; among those behind it are some who have.</summary>
    public IEnumerable<WaitingPlace> Untried(TriedJobs tried)
    {
        Advance(tried);
        return _places.GetViewBetween(_front, WaitingPlace.Last);
    }

    private void Advance(TriedJobs tried)
    {
        if (!ReferenceEquals(_tried, tried) || _era != tried.Era)
        {
            (_tried, _era, _front) = (tried, tried.Era, _places.Min);
        }

        foreach (var place in _places.GetViewBetween(_front, WaitingPlace.Last))
        {
            if (!tried.Contains(place.JobKey))
            {
                _front = place;
                return;
            }
        }

        _front = WaitingPlace.Last;
    }
}
