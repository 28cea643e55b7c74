namespace Saas.Scheduler.Core.Model;

/// <summary>
/// The slots that changed, in order, for readers that each follow at their own pace. Only so much is kept that following
/// it is cheaper than looking at everything anew.
/// </summary>
internal sealed class SlotJournal
{
    private const int Capacity = 1 << 16;

    private readonly int[] _slots = new int[Capacity];
    private int _last = -1;

    /// <summary>Position after the newest entry.</summary>
    public long End { get; private set; }

    public void Add(int slot)
    {
        // The same node over and over is one change to whoever reads it later.
        if (slot == _last && End > 0)
        {
            return;
        }

        _slots[End++ & (Capacity - 1)] = slot;
        _last = slot;
    }

    /// <summary>From now on the newest entry counts as read: a change of the same slot is a new entry.</summary>
    public long Mark()
    {
        _last = -1;
        return End;
    }

    /// <summary>Whether all since <paramref name="position"/> is still there.</summary>
    public bool Has(long position) => End - position <= Capacity;

    public int this[long position] => _slots[position & (Capacity - 1)];
}
