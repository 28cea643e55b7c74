namespace Saas.EndToEnd.Tests.Tools;

/// <summary>A folder of the test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("saas-e2e-");

    public DirectoryInfo this[string name] => new(Path.Combine(Root.FullName, name));

    public void Dispose() => Root.Delete(recursive: true);
}
