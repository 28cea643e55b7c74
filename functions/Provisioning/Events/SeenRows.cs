namespace Saas.Provisioning.Events;

/// <summary>Things of one kind as they were last seen. The first pass over them finds nothing new.</summary>
internal sealed class SeenRows<T>
    where T : class
{
    private Dictionary<string, T>? _seen;

    public Pass Begin() => new(this);

    /// <summary>One look at all of them. What it has seen counts once it is kept: one that is broken off leaves out no news.</summary>
    internal sealed class Pass(SeenRows<T> rows)
    {
        private readonly Dictionary<string, T> _now = new(StringComparer.Ordinal);
        private readonly Dictionary<string, T>? _before = rows._seen;

        /// <param name="before">As it was; null: it is new.</param>
        public bool IsNews(string key, T now, out T? before)
        {
            before = null;
            _now[key] = now;
            return _before is not null && (!_before.TryGetValue(key, out before) || !before.Equals(now));
        }

        /// <summary>Those that were there before; to be asked when all have been looked at.</summary>
        public IReadOnlyList<string> Gone() => _before is null ? [] : [.. _before.Keys.Where(key => !_now.ContainsKey(key))];

        public void Keep() => rows._seen = _now;
    }
}
