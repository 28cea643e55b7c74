using System.Text.Json;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// Which project each name means that registrations use. A name and an id may mean the same project, and two sessions for one
/// would take turns in removing each other's services. Learned from the registry, kept on disk. Safe for concurrent use.
/// </summary>
internal sealed class ProjectNames
{
    private readonly Lock _gate = new();
    private readonly IDurableFile _file;
    private Dictionary<string, string> _ids;

    /// <exception cref="JsonException">Not a document of ours.</exception>
    public ProjectNames(IDurableFiles files)
    {
        _file = files.Open("projects.json");
        _ids = _file.Read() is { } bytes
            ? new Dictionary<string, string>(JsonSerializer.Deserialize(bytes, RegistrationJson.Default.IReadOnlyDictionaryStringString)!, StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal);
    }

    public Pulse Learned { get; } = new();

    /// <summary>Null: not known yet.</summary>
    public string? IdOf(string name) => Volatile.Read(ref _ids).GetValueOrDefault(name);

    /// <exception cref="IOException">It is not learned.</exception>
    public void Learn(string name, string id)
    {
        lock (_gate)
        {
            var ids = new Dictionary<string, string>(_ids, StringComparer.Ordinal) { [name] = id };
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(ids, RegistrationJson.Default.IReadOnlyDictionaryStringString));
            Volatile.Write(ref _ids, ids);
        }

        Learned.Raise();
    }

    /// <summary>All that is registered in one project, under whatever name.</summary>
    /// <param name="name">Goes first.</param>
    public ProjectState Union(RegistrationStore.Snapshot snapshot, string name)
    {
        var id = IdOf(name);
        var state = snapshot.Projects.GetValueOrDefault(name, ProjectState.Empty);
        foreach (var (other, project) in snapshot.Projects)
        {
            if (other != name && id is not null && IdOf(other) == id)
            {
                state = state.With(project);
            }
        }

        return state;
    }
}
