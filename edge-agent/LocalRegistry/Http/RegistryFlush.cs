namespace Saas.LocalRegistry.Http;

/// <summary>
/// A client that registered something and then asks for it is to find it: an answer to a change waits until the registry has
/// it, and until the view here shows it. In an outage it does not wait: what was registered is told later.
/// </summary>
internal sealed class RegistryFlush(LocalRegistryHost registry)
{
    private static readonly TimeSpan LongestView = TimeSpan.FromSeconds(1);

    public async Task WaitAsync(string ns, CancellationToken ct)
    {
        var told = await registry.Sessions.FlushAsync(ns, ct);
        if (told.IsReached && registry.Views.Local.IsReached && ns == Registrations.RegistrationStore.DefaultProject)
        {
            await registry.Views.Local.ReachAsync(told.Index, LongestView, ct);
        }
    }
}
