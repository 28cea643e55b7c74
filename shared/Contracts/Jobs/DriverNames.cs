namespace Saas.Contracts.Jobs;

/// <summary>
/// Values of <see cref="JobTask.Driver"/>: the platform's own, which agents offer, and those of Nomad that job files name,
/// each run by one of ours. A job keeps the name it came with.
/// </summary>
public static class DriverNames
{
    public const string Exec = "exec";
    public const string Vm = "vm";
    public const string Container = "container";

    public const string RawExec = "raw_exec";
    public const string Qemu = "qemu";
    public const string Docker = "docker";
    public const string Podman = "podman";

    /// <summary>Every name a job may use, and the platform's driver that runs it. Nomad's exec isolates more than ours does.</summary>
    public static IReadOnlyDictionary<string, string> Known { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Exec] = Exec,
        [RawExec] = Exec,
        [Vm] = Vm,
        [Qemu] = Vm,
        [Container] = Container,
        [Docker] = Container,
        [Podman] = Container,
    };

    /// <summary>The platform's driver that runs tasks of this one; of an unknown name, that name.</summary>
    public static string RunBy(string? driver) => driver is null ? "" : Known.GetValueOrDefault(driver, driver);
}
