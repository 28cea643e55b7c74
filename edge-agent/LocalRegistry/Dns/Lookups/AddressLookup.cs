using System.Buffers;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary><c>0a00000b.addr[.dc1].consul</c>: the address that the name itself says. Targets of SRV records are such names.</summary>
internal sealed class AddressLookup(DnsOptions options)
{
    private readonly uint _ttl = DnsOptions.Seconds(options.NodeTtl);

    /// <param name="count">Labels before the kind.</param>
    public LookupOutcome Answer(LookupContext context, int count)
    {
        if (count != 1 || context.Request.Label(0).Length is not (8 or 32))
        {
            return LookupOutcome.NotFound;
        }

        var digits = context.Request.Label(0);
        var address = new byte[digits.Length / 2];
        if (Convert.FromHexString(digits, address, out _, out _) != OperationStatus.Done)
        {
            return LookupOutcome.NotFound;
        }

        var record = DnsRecord.Address(default, address, _ttl);
        if (context.Request.Type == DnsType.Any || context.Request.Type == record.Type)
        {
            context.Reply.Answers.Add(record);
            return LookupOutcome.Found;
        }

        context.Reply.Notes.Add(record);
        return LookupOutcome.NoData;
    }
}
