using System.Security.Cryptography;
using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>What a job's services and their checks are called in the catalog: Nomad's forms, by which tools know its services.</summary>
public static class JobServiceId
{
    /// <summary>What all of them begin with. What users register themselves must not.</summary>
    public const string Prefix = "_nomad-task-";

    private const string CheckPrefix = "_nomad-check-";
    private const int CheckHashLength = 40;

    /// <summary><c>_nomad-task-ALLOCATION-TASK-NAME-PORT</c>; of a group's service <c>group-GROUP</c> stands for the task.</summary>
    /// <param name="task">Null: the service is the group's.</param>
    public static string Of(string allocationId, string group, string? task, JobService service) =>
        $"{Prefix}{allocationId}-{task ?? $"group-{group}"}-{service.Name}-{service.PortLabel}";

    /// <summary>Other when anything of the check is: an agent that finds the id knows that it has this very check.</summary>
    public static string OfCheck(string serviceId, JobServiceCheck check)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(serviceId + "\0"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(check, NomadJson.Default.JobServiceCheck));
        return CheckPrefix + Convert.ToHexStringLower(hash.GetHashAndReset())[..CheckHashLength];
    }
}
