namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>A host that runs beside others. Disposal gives up what it holds, unless it was killed, and waits for its end.</summary>
internal interface ISoakHost : IAsyncDisposable
{
    /// <summary>Without grace: its lease stays taken, its messages stay locked, its plan is cut where it was.</summary>
    void Kill();
}
