namespace Saas.LocalRegistry.Checks;

/// <summary>Makes the probe that a check's definition asks for.</summary>
internal sealed class ProbeFactory(TimeProvider time) : IDisposable
{
    private readonly ScriptSlots _slots = new();

    /// <param name="definition">Of a kind with an interval.</param>
    public ICheckProbe Create(CheckDefinition definition) => definition switch
    {
        { IsScript: true } => new ScriptProbe(definition, _slots, time),
        { Http.Length: > 0 } => new HttpProbe(definition, time),
        { Grpc.Length: > 0 } => new GrpcProbe(definition, time),
        { Tcp.Length: > 0 } => new TcpProbe(definition, time),
        { Udp.Length: > 0 } => new UdpProbe(definition, time),
        _ => throw new InvalidOperationException($"Check {definition.Id} is of a kind that is not run."),
    };

    /// <summary>After the last probe.</summary>
    public void Dispose() => _slots.Dispose();
}
