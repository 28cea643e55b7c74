using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts;
using Saas.Keys.LocalFile;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Keys.Tests.Shared;

/// <summary>
/// A store, a clock and a key file, over which a test opens as many instances as it likes: each with a cache and a
/// signal of its own, as a process has.
/// </summary>
internal sealed class KeysBench : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<IDisposable> _opened = [];

    public KeysBench()
    {
        KeyPath = _directory.File("kek");
        Kek = Opened(LocalFileKey.Open(KeyPath, Time, NullLogger.Instance));
    }

    public FakeTimeProvider Time { get; } = new();

    public InMemoryTableStore Store { get; } = new();

    public string KeyPath { get; }

    public LocalFileKey Kek { get; }

    public TenantScope NewTenant() => Tenant(TenantId.New(TimeProvider.System));

    public TenantScope Tenant(TenantId id) => new TenantScopes(Store).For(id);

    public TenantKeys Instance(IKeyEncryptionKey? kek = null, IChangeSignal? signal = null, SecretCacheLimits? limits = null)
    {
        var own = signal ?? new InProcessChangeSignal(Time);
        return Opened(new TenantKeys(
            kek ?? Kek, Destruction(own), limits ?? Limits, own, Time, NullLogger<TenantKeys>.Instance));
    }

    public static SecretCacheLimits Limits { get; } = new(100, SecretCacheLimits.SharedRowAge, TimeSpan.FromMinutes(10));

    public RootKeyDestruction Destruction(IChangeSignal? signal = null) =>
        new(signal ?? new InProcessChangeSignal(Time), Time, NullLogger<RootKeyDestruction>.Instance);

    public void Dispose()
    {
        _opened.ForEach(static opened => opened.Dispose());
        _directory.Dispose();
    }

    private T Opened<T>(T opened)
        where T : IDisposable
    {
        lock (_opened)
        {
            _opened.Add(opened);
        }

        return opened;
    }
}
