using System.Text.Json;
using Saas.Discovery.Sync;

namespace Saas.LocalRegistry.View;

/// <summary>The last view of the local catalog on disk, so that an agent that starts in an outage can answer.</summary>
internal sealed class ViewFile(IDurableFiles files)
{
    private readonly IDurableFile _file = files.Open("catalog.json");

    /// <exception cref="JsonException">Not a document of ours.</exception>
    public CatalogDelta? Read() => _file.Read() is { } bytes ? JsonSerializer.Deserialize(bytes, SyncJson.Default.CatalogDelta) : null;

    /// <exception cref="IOException">The old content stands.</exception>
    public void Write(CatalogView view) => _file.Write(
        JsonSerializer.SerializeToUtf8Bytes(view.Catalog.DeltaSince(0, view.Index, view.Datacenter), SyncJson.Default.CatalogDelta));
}
