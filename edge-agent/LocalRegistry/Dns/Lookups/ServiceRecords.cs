using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>Turns instances into the records that were asked for.</summary>
internal sealed class ServiceRecords(DnsOptions options, AliasResolution aliases)
{
    /// <summary>Hosts' names that one answer follows: each may cost a question to a recursor.</summary>
    private const int MaxFollowed = 5;

    /// <param name="tag">Empty: instances with any tags.</param>
    /// <param name="ttl">Seconds.</param>
    /// <param name="shuffle">In random order; otherwise in the view's.</param>
    public async ValueTask<LookupOutcome> AddAsync(
        LookupContext context, InstanceView view, string tag, uint ttl, bool shuffle, CancellationToken ct)
    {
        var instances = view.Instances;
        context.Numbers(instances.Count);
        var answers = context.Reply.Answers;
        var isSrv = context.Request.Type == DnsType.Srv;
        var most = isSrv || options.ARecordLimit == 0 ? context.MaxUseful : Math.Min(options.ARecordLimit, context.MaxUseful);
        var (matched, followed) = (false, 0);
        Reach? host = null;
        for (var i = 0; i < instances.Count && answers.Count < most; i++)
        {
            var instance = instances[shuffle ? context.Draw(i, instances.Count) : i];
            if (tag.Length > 0 && !instance.HasTag(tag))
            {
                continue;
            }

            matched = true;
            var reach = ReachFor(context, instance);
            if (reach is null)
            {
                continue;
            }

            if (isSrv)
            {
                var isNew = AddService(context, instance, reach, ttl);
                if (isNew && reach.Host is { } name && followed < MaxFollowed && context.Seen.Add(name))
                {
                    followed++;
                    await aliases.ResolveAsync(context, name, ttl, context.Reply.Additional, ct);
                }

                context.Reply.EndOfAnswer();
            }
            else if (reach.Host is null)
            {
                AddAddress(context, reach, ttl);
            }
            else
            {
                host ??= reach;
            }
        }

        if (!isSrv && answers.Count == 0 && host is not null)
        {
            answers.Add(DnsRecord.Cname(default, new DnsName(host.Host, null), ttl));
            await aliases.ResolveAsync(context, host.Host!, ttl, answers, ct);
        }

        return answers.Count > 0 ? LookupOutcome.Found : matched ? LookupOutcome.NoData : LookupOutcome.NotFound;
    }

    private static Reach? ReachFor(LookupContext context, DnsInstance instance)
    {
        var reach = instance.For(context.Request.Type);
        return reach?.Host is { } host && DnsName.SameIgnoringCase(host, context.Request.Name) ? reach.Otherwise : reach;
    }

    private static void AddAddress(LookupContext context, Reach reach, uint ttl)
    {
        // Other types get the aliases only, which hold for all types.
        if (context.Request.Type is DnsType.A or DnsType.Aaaa or DnsType.Any && context.Seen.Add(reach.Address!))
        {
            context.Reply.Answers.Add(DnsRecord.Address(default, reach.Address!, ttl));
        }
    }

    private bool AddService(LookupContext context, DnsInstance instance, Reach reach, uint ttl)
    {
        if (!context.Seen.Add(instance.Place))
        {
            return false;
        }

        var target = reach.Host is null ? context.InDomain(reach.Name) : new DnsName(reach.Host, null);
        context.Reply.Answers.Add(new DnsRecord(default, DnsType.Srv, ttl) { Target = target, Weight = instance.Weight, Port = instance.Port });
        if (reach.Host is null && context.Seen.Add(reach.Name))
        {
            context.Reply.Additional.Add(DnsRecord.Address(target, reach.Address!, ttl));
        }

        if (options.NodeMetaTxt && instance.NodeName is { } node && instance.Meta.Length > 0 && context.Seen.Add(instance.Meta))
        {
            foreach (var text in instance.Meta)
            {
                context.Reply.Notes.Add(new DnsRecord(context.InDomain(node), DnsType.Txt, ttl) { Data = text });
            }
        }

        return true;
    }
}
