using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Answers;

/// <summary>The records of an answer, before it is decided how many of them fit. Reused; not for concurrent use.</summary>
internal sealed class DnsReply
{
    private readonly List<int> _additionalAfter = [];

    public Rcode Rcode { get; set; }

    /// <summary>Of the domain, so with authority. Refusals and what other servers said are not.</summary>
    public bool IsAuthoritative { get; set; }

    public List<DnsRecord> Answers { get; } = [];

    public List<DnsRecord> Authority { get; } = [];

    /// <summary>Addresses of the answers' targets: they go with their answers.</summary>
    public List<DnsRecord> Additional { get; } = [];

    /// <summary>What nobody asked for; the first to go.</summary>
    public List<DnsRecord> Notes { get; } = [];

    public void Reset()
    {
        (Rcode, IsAuthoritative) = (Rcode.NoError, false);
        Answers.Clear();
        Authority.Clear();
        Additional.Clear();
        Notes.Clear();
        _additionalAfter.Clear();
    }

    /// <summary>What was added to <see cref="Additional"/> until now belongs to the answers until now.</summary>
    public void EndOfAnswer()
    {
        while (_additionalAfter.Count < Answers.Count)
        {
            _additionalAfter.Add(Additional.Count);
        }
    }

    /// <summary>How many additional records go with the first answers; all where nobody said what belongs to which.</summary>
    public int AdditionalFor(int answers) =>
        answers >= Answers.Count || _additionalAfter.Count < answers ? Additional.Count
        : answers == 0 ? 0
        : _additionalAfter[answers - 1];
}
