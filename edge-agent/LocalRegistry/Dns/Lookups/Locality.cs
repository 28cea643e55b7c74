using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// Where a name is looked up: what stands between its kind and the domain. Nothing, a datacenter, or pairs:
/// <c>dc1.dc</c>, <c>default.ns</c>, <c>default.ap</c>, each at most once.
/// </summary>
/// <param name="Datacenter">Null: the local one.</param>
internal readonly record struct Locality(string? Datacenter)
{
    private const string Default = "default";

    /// <param name="from">The first label behind the kind.</param>
    /// <param name="to">The domain's first label.</param>
    /// <returns>False: there is no such place. This agent knows its own project, whose namespace is <c>default</c>, and no peers.</returns>
    public static bool TryParse(DnsRequest request, int from, int to, out Locality locality)
    {
        locality = default;
        if (to - from <= 1)
        {
            locality = new Locality(to == from ? null : request.Text(from, to));
            return true;
        }

        string? datacenter = null, place = null, partition = null;
        for (var i = from; i < to; i += 2)
        {
            if (i + 1 == to || !TrySet(request.Label(i + 1), request.Text(i, i + 1), ref datacenter, ref place, ref partition))
            {
                return false;
            }
        }

        locality = new Locality(datacenter);
        return place is null or Default && partition is null or Default;
    }

    private static bool TrySet(ReadOnlySpan<byte> kind, string value, ref string? datacenter, ref string? place, ref string? partition) =>
        kind.SequenceEqual("dc"u8) ? TrySet(value, ref datacenter)
        : kind.SequenceEqual("ns"u8) ? TrySet(value, ref place)
        : kind.SequenceEqual("ap"u8) && TrySet(value, ref partition);

    private static bool TrySet(string value, ref string? part)
    {
        if (part is not null)
        {
            return false;
        }

        part = value;
        return true;
    }
}
