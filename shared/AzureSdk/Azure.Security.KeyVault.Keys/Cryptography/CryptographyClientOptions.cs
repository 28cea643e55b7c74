using Azure.Core;

namespace Azure.Security.KeyVault.Keys.Cryptography;

public class CryptographyClientOptions : ClientOptions
{
    public CryptographyClientOptions(ServiceVersion version = ServiceVersion.V7_6)
    {
        Version = version;
        VersionText = version switch
        {
            ServiceVersion.V7_5 => "7.5",
            ServiceVersion.V7_6 => "7.6",
            _ => throw new ArgumentOutOfRangeException(nameof(version)),
        };
    }

    public enum ServiceVersion
    {
        V7_5 = 5,
        V7_6 = 6,
    }

    public ServiceVersion Version { get; }

    public bool DisableChallengeResourceVerification { get; set; }

    internal string VersionText { get; }
}
