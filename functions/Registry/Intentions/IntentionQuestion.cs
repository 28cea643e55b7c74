using System.Buffers;
using System.Text.Json;
using Saas.Discovery.Wire;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Intentions;

/// <summary>Answers a question about intentions. Intentions change seldom, so any change is news to all that ask.</summary>
internal sealed class IntentionQuestion(string key, Action<Utf8JsonWriter, IntentionState> write) : Question
{
    public override string Key => key;

    public override string Topic => RegistryState.IntentionsTopic;

    public override ulong IndexIn(RegistryState state) => state.Intentions.Index;

    public override int Write(RegistryState state, IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body, WireJson.Options);
        write(json, state.Intentions);
        return Ok;
    }
}
