namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>An invariant does not hold.</summary>
internal sealed class SimulationException : Exception
{
    public SimulationException(string message)
        : base(message)
    {
    }

    public SimulationException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public SimulationException()
    {
    }
}
