using Azure.Identity;
using Microsoft.Extensions.Logging;
using Saas.Keys.AwsKms;
using Saas.Keys.AzureKeyVault;
using Saas.Keys.LocalFile;

namespace Saas.Keys;

/// <summary>
/// Which key-encryption key, in one line of configuration.
/// <list type="table">
/// <item><c>file:PATH</c>: versions in a file of mode 0600 on this machine, made if missing.</item>
/// <item><c>azure-key-vault:https://VAULT.vault.azure.net/keys/NAME</c>: an RSA key that the process's own identity may
/// use (managed identity, workload identity, environment or developer's login).</item>
/// <item><c>aws-kms:arn:aws:kms:REGION:ACCOUNT:key/ID</c>: a symmetric key that the process's credentials may use.</item>
/// </list>
/// </summary>
internal sealed class KeyEncryptionSetting
{
    private readonly Func<TimeProvider, ILoggerFactory, IKeyEncryptionKey> _open;

    private KeyEncryptionSetting(Func<TimeProvider, ILoggerFactory, IKeyEncryptionKey> open) => _open = open;

    /// <param name="setting">Whose value <paramref name="text"/> is, for the message.</param>
    /// <exception cref="InvalidOperationException">It names no key of ours.</exception>
    public static KeyEncryptionSetting Parse(string setting, string text)
    {
        try
        {
            switch (text.Split(':', 2))
            {
                case ["file", { Length: > 0 } path]:
                    return new((time, loggers) => LocalFileKey.Open(path, time, loggers.CreateLogger<LocalFileKey>()));
                case ["azure-key-vault", var key]:
                    var vault = new AzureKeyVaultKey(key, new DefaultAzureCredential());
                    return new((_, _) => vault);
                case ["aws-kms", var arn]:
                    AwsKmsKey.CheckArn(arn);
                    return new((_, _) => AwsKmsKey.Open(arn));
                default:
                    throw new FormatException("A key is file:PATH, azure-key-vault:KEY-URL or aws-kms:KEY-ARN.");
            }
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{setting}: {e.Message}", e);
        }
    }

    /// <exception cref="KeyFileException">The file is open to others, or not a key file, or cannot be made.</exception>
    public IKeyEncryptionKey Open(TimeProvider time, ILoggerFactory loggers) => _open(time, loggers);
}
