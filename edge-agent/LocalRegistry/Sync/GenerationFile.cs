using System.Text.Json;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// The newest generation used in each project. A number is on disk before it is sent, so that an agent that was killed
/// never uses one again. Safe for concurrent use.
/// </summary>
internal sealed class GenerationFile
{
    private readonly Lock _gate = new();
    private readonly IDurableFile _file;
    private readonly Dictionary<string, long> _used;

    /// <exception cref="JsonException">Not a document of ours.</exception>
    public GenerationFile(IDurableFiles files)
    {
        _file = files.Open("generations.json");
        _used = _file.Read() is { } bytes
            ? new Dictionary<string, long>(JsonSerializer.Deserialize(bytes, RegistrationJson.Default.IReadOnlyDictionaryStringInt64)!, StringComparer.Ordinal)
            : new Dictionary<string, long>(StringComparer.Ordinal);
    }

    /// <summary>A generation above all that were used and <paramref name="known"/>, taken.</summary>
    /// <exception cref="IOException">None was taken.</exception>
    public long Next(string ns, long known)
    {
        lock (_gate)
        {
            var next = Math.Max(_used.GetValueOrDefault(ns), known) + 1;
            var changed = new Dictionary<string, long>(_used, StringComparer.Ordinal) { [ns] = next };
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(changed, RegistrationJson.Default.IReadOnlyDictionaryStringInt64));
            return _used[ns] = next;
        }
    }
}
