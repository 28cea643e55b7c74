using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Registry.State;

namespace Saas.Registry.Consul;

/// <summary>
/// What a reading endpoint asks of a state. Two questions with one key have one answer at one resource index, so it is
/// worked out once and shared by all that ask, blocked or not.
/// </summary>
internal abstract class Question
{
    /// <summary>Everything that the answer depends on beside the state; begins with the endpoint's name. Null: the answer is not kept.</summary>
    public abstract string? Key { get; }

    /// <summary>What wakes those who wait for another answer.</summary>
    public abstract string Topic { get; }

    /// <summary>When the answer last changed; 0 where there is nothing to go by.</summary>
    public abstract ulong IndexIn(RegistryState state);

    /// <summary>The answer's body, as JSON unless the endpoint says otherwise.</summary>
    /// <returns>The status: 200, or 404 with an empty body where Consul says so.</returns>
    /// <exception cref="RegistryException">The state has no answer.</exception>
    public abstract int Write(RegistryState state, IBufferWriter<byte> body);

    public virtual string ContentType => "application/json";

    public const int Ok = StatusCodes.Status200OK;
}

/// <summary>A question's answer. Immutable and shared.</summary>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body, ulong Index);
