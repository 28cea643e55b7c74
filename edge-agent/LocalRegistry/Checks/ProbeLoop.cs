using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Checks;

/// <summary>
/// One check, looked at over and over. The first look comes at a random moment of the first interval, so that an agent with
/// many checks does not look at all at once. Between looks it is a timer and no thread.
/// </summary>
internal sealed class ProbeLoop(string ns, CheckDefinition definition, RegistrationStore store, TimeProvider time)
{
    public async Task RunAsync(ICheckProbe probe, CancellationToken ct)
    {
        using (probe)
        {
            var counter = new StatusCounter(definition);
            await Task.Delay(definition.EffectiveInterval * Random.Shared.NextDouble(), time, ct);
            while (true)
            {
                var result = await probe.ProbeAsync(ct);
                if (counter.Next(result) is { } shown)
                {
                    store.Report(ns, definition, shown);
                }

                await Task.Delay(definition.EffectiveInterval, time, ct);
            }
        }
    }

    /// <summary>
    /// Ends a TTL check's time. It looks when the time would be over; a status that was said meanwhile only puts that off,
    /// so nobody need wake it.
    /// </summary>
    public async Task RunTtlAsync(CancellationToken ct)
    {
        while (store.Project(ns).Checks.TryGetValue(definition.Id, out var check) && ReferenceEquals(check.Definition, definition))
        {
            var left = definition.Ttl - time.GetElapsedTime(check.HeardAt);
            if (left <= TimeSpan.Zero)
            {
                store.Expire(ns, definition);
                left = definition.Ttl;
            }

            await Task.Delay(left > Shortest ? left : Shortest, time, ct);
        }
    }

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
}
