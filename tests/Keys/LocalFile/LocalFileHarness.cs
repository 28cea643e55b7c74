using Microsoft.Extensions.Logging.Abstractions;
using Saas.Keys.LocalFile;
using Saas.Keys.Tests.Contract;
using Saas.TestKit;

namespace Saas.Keys.Tests.LocalFile;

internal class LocalFileHarness : IKekHarness
{
    private readonly TempDirectory _directory = new();
    private readonly LocalFileKey _kek;

    public LocalFileHarness() => _kek = LocalFileKey.Open(Path, TimeProvider.System, NullLogger.Instance);

    public string Path => _directory.File("kek");

    public virtual IKeyEncryptionKey Kek => _kek;

    public bool RotationChangesTheId => true;

    public string UnknownId => Saas.Contracts.EntityId.New("kek", TimeProvider.System);

    public Task RotateAsync()
    {
        LocalFileKey.Rotate(Path, TimeProvider.System);
        return Task.CompletedTask;
    }

    public Task BreakAsync()
    {
        File.Move(Path, Path + ".away");
        return Task.CompletedTask;
    }

    public Task RepairAsync()
    {
        File.Move(Path + ".away", Path);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _kek.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public sealed class LocalFileKeyContractTests() : KeyEncryptionKeyContract(static () => Task.FromResult<IKekHarness>(new LocalFileHarness()));
