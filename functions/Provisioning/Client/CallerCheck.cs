using Saas.Hosting.Modules;
using Saas.Hosting.Pipeline;
using Saas.Identity.Access;
using Saas.Storage;

namespace Saas.Provisioning.Client;

/// <summary>Whether who began a call that goes on for long would still be let in: a credential that was revoked ends it. Looks every half minute.</summary>
internal sealed class CallerCheck(ApiRequest request)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time = request.Service<TimeProvider>();
    private long _checkedAt = request.Service<TimeProvider>().GetTimestamp();

    /// <summary>While the store does not answer nothing is known to the contrary.</summary>
    public async ValueTask<bool> IsStillValidAsync(CancellationToken ct)
    {
        if (_time.GetElapsedTime(_checkedAt) < Every)
        {
            return true;
        }

        _checkedAt = _time.GetTimestamp();
        try
        {
            var credential = Credentials.Of(request.Http.Request) ?? "";
            return (await request.Service<ICredentialAuthenticator>().AuthenticateAsync(credential, ct)).Principal is not null;
        }
        catch (StorageUnavailableException)
        {
            return true;
        }
    }
}
