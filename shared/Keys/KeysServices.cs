using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Saas.Keys;

public static class KeysServices
{
    /// <summary>Names the key-encryption key, in the form of <see cref="KeyEncryptionSetting"/>.</summary>
    public const string Setting = "SAAS_KEK";

    /// <summary>Keys that wrapped before it and may still be needed to unwrap, divided by semicolons.</summary>
    public const string FormerSetting = "SAAS_KEK_FORMER";

    /// <summary>
    /// How long an unwrapped root key is used before the key-encryption key is asked again, in seconds, 10 to 86400;
    /// default 600. Longer bridges longer failures of the key service; shorter makes a revocation there felt sooner.
    /// </summary>
    public const string KeepSetting = "SAAS_KEK_CACHE_SECONDS";

    private const int RootKeysKept = 10_000;

    /// <summary>
    /// <see cref="TenantKeys"/> and what it stands on, as singletons. Needs IChangeSignal, TimeProvider and logging;
    /// <see cref="RootKeyRewrap"/> also PlatformScope. Core files of the process are turned off.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is missing or cannot be understood.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var current = KeyEncryptionSetting.Parse(
            Setting, configuration[Setting] ?? throw new InvalidOperationException($"{Setting} is missing: it names the key that tenants' keys are wrapped by."));
        var former = (configuration[FormerSetting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => KeyEncryptionSetting.Parse(FormerSetting, text)).ToArray();
        var limits = new SecretCacheLimits(RootKeysKept, SecretCacheLimits.SharedRowAge, Keep(configuration[KeepSetting]));
        services.TryAddSingleton<IKeyEncryptionKey>(s => Open(s, current, former));
        services.TryAddSingleton(s => ActivatorUtilities.CreateInstance<TenantKeys>(s, limits));
        services.TryAddSingleton<RootKeyRewrap>();
        services.AddHostedService<KeysAtStart>();
        return services.AddKeyDestruction();
    }

    /// <summary>Only what destroys root keys; needs no setting.</summary>
    public static IServiceCollection AddKeyDestruction(this IServiceCollection services)
    {
        services.TryAddSingleton<RootKeyDestruction>();
        return services;
    }

    private static IKeyEncryptionKey Open(IServiceProvider services, KeyEncryptionSetting current, KeyEncryptionSetting[] former)
    {
        var (time, loggers) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>());
        return former.Length == 0
            ? current.Open(time, loggers)
            : new KeyEncryptionKeys(current.Open(time, loggers), [.. former.Select(setting => setting.Open(time, loggers))]);
    }

    private static TimeSpan Keep(string? seconds) => seconds switch
    {
        null => TimeSpan.FromMinutes(10),
        _ when int.TryParse(seconds, out var number) && number is >= 10 and <= 86_400 => TimeSpan.FromSeconds(number),
        _ => throw new InvalidOperationException($"{KeepSetting} is a number of seconds, 10 to 86400."),
    };

    /// <summary>
    /// Turns off core files, and opens the key: one that cannot be opened ends the start, not the first request.
    /// </summary>
    private sealed class KeysAtStart(IServiceProvider services, ILogger<TenantKeys> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            CoreDumps.Disable(logger);
            services.GetRequiredService<IKeyEncryptionKey>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
