using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Registrations;

/// <summary>
/// The registrations on disk, as one document. Tokens are no part of them; headers of HTTP checks are, because without
/// them the check could not go on after a restart.
/// </summary>
internal sealed class RegistrationFile(IDurableFiles files)
{
    /// <summary>What all registrations together may take: a full message to the registry must hold them, with room for states.</summary>
    public const int MaxBytes = 6 * 1024 * 1024;

    private readonly IDurableFile _file = files.Open("registrations.json");

    /// <exception cref="JsonException">Not a document of ours.</exception>
    public ImmutableDictionary<string, ProjectState> Read(CheckStateFile states)
    {
        var projects = ImmutableDictionary.CreateBuilder<string, ProjectState>(StringComparer.Ordinal);
        if (_file.Read() is not { } bytes)
        {
            return projects.ToImmutable();
        }

        var document = JsonSerializer.Deserialize(bytes, RegistrationJson.Default.RegistrationDocument) ?? throw new JsonException("null");
        foreach (var (ns, project) in document.Projects)
        {
            projects[ns] = new ProjectState
            {
                Services = ProjectState.Empty.Services.AddRange(project.Services.Select(s => KeyValuePair.Create(s.Instance.ID, s))),
                Checks = ProjectState.Empty.Checks.AddRange(project.Checks.Select(c => KeyValuePair.Create(c.Id, states.Restore(ns, c)))),
            };
        }

        return projects.ToImmutable();
    }

    /// <returns>False: it would be larger than <see cref="MaxBytes"/>; nothing was written.</returns>
    /// <exception cref="IOException">Nothing was written.</exception>
    public bool Write(ImmutableDictionary<string, ProjectState> projects)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new RegistrationDocument(projects.Where(p => !p.Value.IsEmpty).ToDictionary(
                p => p.Key,
                p => new ProjectDocument([.. p.Value.Services.Values], [.. p.Value.Checks.Values.Select(c => c.Definition)]))),
            RegistrationJson.Default.RegistrationDocument);
        if (bytes.Length > MaxBytes)
        {
            return false;
        }

        _file.Write(bytes);
        return true;
    }

    public static bool Same(CheckDefinition a, CheckDefinition b) => JsonSerializer.SerializeToUtf8Bytes(a, RegistrationJson.Default.CheckDefinition)
        .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, RegistrationJson.Default.CheckDefinition));

    public static bool Same(ServiceInstance a, ServiceInstance b) => JsonSerializer.SerializeToUtf8Bytes(a, RegistrationJson.Default.ServiceInstance)
        .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, RegistrationJson.Default.ServiceInstance));
}

/// <param name="Projects">By name or id, as registrations named them.</param>
internal sealed record RegistrationDocument(IReadOnlyDictionary<string, ProjectDocument> Projects);

internal sealed record ProjectDocument(IReadOnlyList<LocalService> Services, IReadOnlyList<CheckDefinition> Checks);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(RegistrationDocument))]
[JsonSerializable(typeof(CheckStateDocument))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
