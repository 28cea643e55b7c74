namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>TTLs of services: a whole name first, then the longest prefix (<c>db-*</c>, <c>*</c>), then 0.</summary>
internal sealed class ServiceTtls
{
    private readonly Dictionary<string, uint> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Prefix, uint Ttl)[] _longestFirst;

    public ServiceTtls(DnsOptions options)
    {
        var prefixes = new List<(string Prefix, uint Ttl)>();
        foreach (var (name, ttl) in options.ServiceTtl)
        {
            if (name.EndsWith('*'))
            {
                prefixes.Add((name[..^1], DnsOptions.Seconds(ttl)));
            }
            else
            {
                _names[name] = DnsOptions.Seconds(ttl);
            }
        }

        _longestFirst = [.. prefixes.OrderByDescending(p => p.Prefix.Length)];
    }

    /// <summary>Seconds.</summary>
    public uint Of(string service)
    {
        if (_names.TryGetValue(service, out var exact))
        {
            return exact;
        }

        foreach (var (prefix, ttl) in _longestFirst)
        {
            if (service.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return ttl;
            }
        }

        return 0;
    }
}
