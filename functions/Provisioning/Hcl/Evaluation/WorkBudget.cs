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

    /// <summary>For a text before it is made.</summary>
    /// <exception cref="HclSizeException">It would be too long, or nothing is left.</exception>
    public void SpendText(long characters)
    {
        if (characters > HclLimits.ValueWeight)
        {
            throw new HclSizeException($"A text has more than {HclLimits.ValueWeight} characters.");
        }

        Spend(characters);
    }
}
