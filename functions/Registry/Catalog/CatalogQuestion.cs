using System.Buffers;
using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Wire;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Catalog;

/// <summary>Answers a question about the catalog.</summary>
internal delegate void CatalogWriter(Utf8JsonWriter json, RegistryState state);

/// <param name="key">Null: what distances decide on is not kept, since a distance may change without an index.</param>
/// <param name="indexIn">With <paramref name="topic"/>: whatever can change the answer raises the one and touches the other.</param>
internal sealed class CatalogQuestion(string? key, string topic, Func<CatalogState, ulong> indexIn, CatalogWriter write) : Question
{
    public override string? Key => key;
    public override string Topic => topic;

    public override ulong IndexIn(RegistryState state) => indexIn(state.Catalog);

    public override int Write(RegistryState state, IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body, WireJson.Options);
        write(json, state);
        return Ok;
    }
}
