using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Keys.LocalFile;

namespace Saas.Keys;

public static class KeysServices
{
    /// <summary>Names the key-encryption key: <c>file:PATH</c>, <c>azure-key-vault:KEY-URL</c> or <c>aws-kms:KEY-ARN</c>.</summary>
    public const string Setting = "SAAS_KEK";

    /// <summary>
    /// How long an unwrapped root key is used before the key-encryption key is asked again, in seconds, 10 to 86400;
    /// default 600. Longer bridges longer failures of the key service; shorter makes a revocation there felt sooner.
    /// </summary>
    public const string KeepSetting = "SAAS_KEK_CACHE_SECONDS";

    private const int RootKeysKept = 10_000;

    /// <summary>
    /// <see cref="TenantKeys"/> and what it stands on, as singletons. Needs IChangeSignal, TimeProvider and logging.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is missing or cannot be understood.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var open = Kek(configuration[Setting]);
        services.TryAddSingleton(open);
        var limits = new SecretCacheLimits(RootKeysKept, SecretCacheLimits.SharedRowAge, Keep(configuration[KeepSetting]));
        services.TryAddSingleton(s => ActivatorUtilities.CreateInstance<TenantKeys>(s, limits));
        services.AddHostedService<KeyEncryptionAtStart>();
        return services.AddKeyDestruction();
    }

    /// <summary>Only what destroys root keys; needs no setting.</summary>
    public static IServiceCollection AddKeyDestruction(this IServiceCollection services)
    {
        services.TryAddSingleton<RootKeyDestruction>();
        return services;
    }

    private static Func<IServiceProvider, IKeyEncryptionKey> Kek(string? setting) => setting?.Split(':', 2) switch
    {
        ["file", { Length: > 0 } path] => services => LocalFileKey.Open(
            path, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<LocalFileKey>>()),
        null => throw new InvalidOperationException($"{Setting} is missing: it names the key that tenants' keys are wrapped by."),
        _ => throw new InvalidOperationException($"{Setting} is file:PATH, azure-key-vault:KEY-URL or aws-kms:KEY-ARN."),
    };

    private static TimeSpan Keep(string? seconds) => seconds switch
    {
        null => TimeSpan.FromMinutes(10),
        _ when int.TryParse(seconds, out var number) && number is >= 10 and <= 86_400 => TimeSpan.FromSeconds(number),
        _ => throw new InvalidOperationException($"{KeepSetting} is a number of seconds, 10 to 86400."),
    };

    /// <summary>Opens the key when the app starts: one that cannot be opened ends the start, not the first request.</summary>
    private sealed class KeyEncryptionAtStart(IKeyEncryptionKey kek) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(kek);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
