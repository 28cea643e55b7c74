using System.Buffers;
using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Replaces <c>${NOMAD_PORT_http}</c> and its kin in a task's own environment and in its driver's settings, as Nomad's client
/// does: in <c>Env</c> by what the agent writes, in <c>Config</c> by that and by <c>Env</c>. What is not known stays as it is, so
/// that a shell's own <c>${x}</c> reaches the shell.
/// </summary>
internal sealed class TaskReferences(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>What a task's references may stand for together, in characters: a few long values named often would fill the memory.</summary>
    private const int MaxReplaced = 1024 * 1024;

    private int _replaced;

    /// <exception cref="DriverException"><see cref="DriverFault.InvalidConfig"/>: it would become too long.</exception>
    public JobTask Replace(JobTask task)
    {
        var own = task.Env?.ToDictionary(entry => entry.Key, entry => Replace(entry.Value, environment.GetValueOrDefault), StringComparer.Ordinal);
        string? Find(string name) => environment.GetValueOrDefault(name) ?? own?.GetValueOrDefault(name);
        return task with
        {
            Env = own,
            Artifacts = task.Artifacts?.Select(artifact => Replace(artifact, Find)).ToList(),
            Templates = task.Templates?.Select(template => Replace(template, Find)).ToList(),
            Config = task.Config?.ToDictionary(entry => entry.Key, entry => Replace(entry.Value, Find), StringComparer.Ordinal),
        };
    }

    private TaskArtifact Replace(TaskArtifact artifact, Func<string, string?> find) => artifact with
    {
        GetterSource = Replace(artifact.GetterSource!, find),
        RelativeDest = Replace(artifact.RelativeDest!, find),
        GetterOptions = artifact.GetterOptions?.ToDictionary(entry => entry.Key, entry => Replace(entry.Value, find), StringComparer.Ordinal),
        GetterHeaders = artifact.GetterHeaders?.ToDictionary(entry => entry.Key, entry => Replace(entry.Value, find), StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>Not the template itself, which has a language of its own.</summary>
    private TaskTemplate Replace(TaskTemplate template, Func<string, string?> find) =>
        template with { SourcePath = Replace(template.SourcePath!, find), DestPath = Replace(template.DestPath!, find) };

    private string Replace(string text, Func<string, string?> find) => text is null ? null! : Interpolation.Replace(text, name =>
    {
        var value = find(name);
        _replaced += value?.Length ?? 0;
        return _replaced <= MaxReplaced
            ? value
            : throw new DriverException(DriverFault.InvalidConfig, $"Env and Config: their references stand for more than {MaxReplaced} characters");
    });

    private JsonElement Replace(JsonElement element, Func<string, string?> find)
    {
        if (!element.GetRawText().Contains("${", StringComparison.Ordinal))
        {
            return element;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer, element, find);
        }

        using var document = JsonDocument.Parse(json.WrittenMemory);
        return document.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, Func<string, string?> find)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(Replace(element.GetString()!, find));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item, find);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, find);
                }

                writer.WriteEndObject();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
