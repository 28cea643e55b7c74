using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>What the evaluation of one text may still do, in the units of <see cref="HclLimits.Work"/>.</summary>
internal sealed class WorkBudget(long units = HclLimits.Work)
{
    private long _left = units;

    /// <exception cref="HclSizeException">Nothing is left.</exception>
    public void Spend(long units)
    {
        _left -= units;
        if (_left < 0)
        {
            throw new HclSizeException("The text takes more work to evaluate than is done for one.");
        }
    }
}
