using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.EdgeAgent.Node;

namespace Saas.EdgeAgent.Registry;

/// <summary>The agent's configuration file: what is too much for a command line. All of it is optional; nothing unknown is let pass.</summary>
internal sealed record ConfigFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Null: no local registry.</summary>
    public RegistryConfig? Registry { get; init; }

    /// <summary>What the operator says of the machine; null: nothing.</summary>
    public NodeConfig? Node { get; init; }

    /// <exception cref="CommandLineException">It cannot be read, or says what cannot be followed; the message names the place.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new CommandLineException($"{path} is longer than {MaxBytes} bytes");
            }

            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), ConfigJson.Default.ConfigFile)
                ?? throw new CommandLineException($"{path} holds no configuration");
            file.Registry?.Validate();
            file.Node?.Validate();
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandLineException($"Cannot read {path}: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new CommandLineException($"{path}, at {e.Path ?? "$"}: {e.Message}");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ConfigFile))]
internal sealed partial class ConfigJson : JsonSerializerContext;
