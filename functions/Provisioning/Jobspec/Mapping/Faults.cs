using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Jobspec.Mapping;

/// <summary>What is wrong with a file, in the order it was found, up to a number.</summary>
internal sealed class Faults
{
    private readonly List<Diagnostic> _diagnostics = [];

    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    public bool Any => _diagnostics.Count > 0;

    /// <exception cref="HclLimitException">There are too many.</exception>
    public void Add(Diagnostic diagnostic)
    {
        _diagnostics.Add(diagnostic);
        if (_diagnostics.Count >= HclLimits.Faults)
        {
            throw new HclLimitException(new Diagnostic(null, "Too many faults", $"After {HclLimits.Faults} no more are looked for."));
        }
    }

    /// <summary>Does what it is given; a fault is noted and ends no more than that. A limit ends everything.</summary>
    /// <exception cref="HclLimitException">A limit is reached.</exception>
    public void Collect(Action action)
    {
        try
        {
            action();
        }
        catch (HclSizeException error)
        {
            throw new HclLimitException(new Diagnostic(null, "Limit exceeded", error.Message));
        }
        catch (HclException error) when (error is not HclLimitException)
        {
            Add(error.Diagnostic);
        }
    }
}
