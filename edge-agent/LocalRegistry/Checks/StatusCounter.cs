using Saas.Discovery.Model;

namespace Saas.LocalRegistry.Checks;

/// <summary>
/// How many results in a row it takes to change a check's status: <c>success_before_passing</c>,
/// <c>failures_before_warning</c>, <c>failures_before_critical</c>. Of one check; not for concurrent use.
/// </summary>
internal sealed class StatusCounter(CheckDefinition definition)
{
    private readonly int _beforeWarning = definition.FailuresBeforeWarning > 0 ? definition.FailuresBeforeWarning : definition.FailuresBeforeCritical;
    private int _successes;
    private int _failures;

    /// <summary>What is to be shown after a result; null: what was shown stays.</summary>
    public CheckResult? Next(CheckResult result)
    {
        if (result.Status != HealthStatus.Critical)
        {
            _failures = 0;
            _successes = Math.Min(_successes + 1, int.MaxValue - 1);
            return _successes >= definition.SuccessBeforePassing ? result : null;
        }

        _successes = 0;
        _failures = Math.Min(_failures + 1, int.MaxValue - 1);
        if (_failures >= definition.FailuresBeforeCritical)
        {
            return result;
        }

        return _failures >= _beforeWarning ? result with { Status = HealthStatus.Warning } : null;
    }
}
