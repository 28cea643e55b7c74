using Microsoft.Extensions.Configuration;

namespace Saas.Hosting.Hosts;

/// <summary>The store an app was configured with, opened; closed with it.</summary>
public sealed class PlatformConnection : IAsyncDisposable
{
    private PlatformConnection(PlatformServices services) => Services = services;

    public PlatformServices Services { get; }

    /// <param name="configuration"><c>SAAS_STORE</c> names the store.</param>
    /// <exception cref="InvalidOperationException">It is missing or names no store we have.</exception>
    public static PlatformConnection Open(IConfiguration configuration) =>
        throw new InvalidOperationException(
            $"SAAS_STORE is {configuration["SAAS_STORE"] ?? "missing"}: this build carries no adapter for it.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
