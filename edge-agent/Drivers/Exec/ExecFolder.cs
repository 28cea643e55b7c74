using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>What must be known of a workload though the agent that started it is gone.</summary>
internal sealed record ExecIntent(string Task, string OutputDirectory, LogConfig? Logs);

/// <summary>The two processes of a workload, as they stood in the process table when the task began.</summary>
internal sealed record ExecClaim(string BootId, ProcessStat Task, ProcessStat Wrapper, DateTimeOffset At)
{
    public bool TaskRuns => Runs(Task);

    public bool WrapperRuns => Runs(Wrapper);

    private bool Runs(ProcessStat noted) => BootId == ProcessTable.BootId
        && ProcessTable.Read(noted.Id) is { IsDead: false } now && now.StartTicks == noted.StartTicks;
}

internal sealed record ExecExit(int? Code, DateTimeOffset At);

/// <summary>
/// One folder per workload, <c>ALLOC+TASK+RUN</c>; the files in it are its whole state:
/// <c>intent</c> it may start; <c>claim</c> it has, and as which process; <c>exit</c> it ended, with this code.
/// </summary>
internal sealed class ExecFolder(string root, WorkloadId id)
{
    public string Path { get; } = System.IO.Path.Combine(root, $"{id.AllocationId}+{id.Task}+{id.Run}");

    private string IntentPath => System.IO.Path.Combine(Path, "intent");
    private string ClaimPath => System.IO.Path.Combine(Path, "claim");
    private string ExitPath => System.IO.Path.Combine(Path, "exit");

    public bool IsClaimed => File.Exists(ClaimPath);

    /// <summary>All workloads under the root that have an intent.</summary>
    public static IEnumerable<WorkloadId> List(string root) => Directory.EnumerateDirectories(root)
        .Where(path => File.Exists(System.IO.Path.Combine(path, "intent")))
        .Select(path => System.IO.Path.GetFileName(path).Split('+'))
        .Where(parts => parts.Length == 3)
        .Select(parts => new WorkloadId(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)));

    public ExecIntent? ReadIntent() => ReadBytes(IntentPath) is { } bytes ? JsonSerializer.Deserialize(bytes, ExecJson.Default.ExecIntent) : null;

    public void WriteIntent(ExecIntent intent)
    {
        Directory.CreateDirectory(Path);
        AtomicFile.Write(IntentPath, JsonSerializer.SerializeToUtf8Bytes(intent, ExecJson.Default.ExecIntent));
        AtomicFile.SyncDirectory(root);
    }

    /// <summary>Null if none was made, or if the claim was taken so that nothing starts (see <see cref="TakeClaim"/>).</summary>
    public ExecClaim? ReadClaim()
    {
        if (ReadBytes(ClaimPath) is not { } bytes)
        {
            return null;
        }

        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n');
        return lines.Length >= 3 && ProcessStat.Parse(lines[1]) is { } task && ProcessStat.Parse(lines[2]) is { } wrapper
            ? new ExecClaim(lines[0], task, wrapper, WrittenAt(ClaimPath))
            : null;
    }

    /// <summary>From now on no wrapper can start the task. False if one already has.</summary>
    public bool TakeClaim()
    {
        try
        {
            using var claim = new FileStream(ClaimPath, FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(ClaimPath))
        {
            return false;
        }
    }

    public ExecExit? ReadExit() => ReadBytes(ExitPath) is { } bytes
        ? new ExecExit(int.TryParse(bytes, CultureInfo.InvariantCulture, out var code) ? code : null, WrittenAt(ExitPath))
        : null;

    /// <summary>Gone at once for everyone who looks, wrappers about to claim included; then deleted.</summary>
    public void Remove()
    {
        var removed = System.IO.Path.Combine(root, $".removed-{System.IO.Path.GetFileName(Path)}");
        if (Directory.Exists(removed))
        {
            Directory.Delete(removed, recursive: true); // a removal that was cut off
        }

        if (Directory.Exists(Path))
        {
            Directory.Move(Path, removed);
            Directory.Delete(removed, recursive: true);
        }
    }

    private static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static DateTimeOffset WrittenAt(string path) => new(File.GetLastWriteTimeUtc(path));
}

[JsonSerializable(typeof(ExecIntent))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ExecJson : JsonSerializerContext;
