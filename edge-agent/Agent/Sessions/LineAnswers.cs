using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Sessions;

/// <summary>Answers that are one document.</summary>
internal static class LineAnswers
{
    /// <exception cref="SessionRefusedException">A part of it was sent by another process of the agent: it may have changed since.</exception>
    public static async Task AnswerAsync<T>(this SessionLine line, OpenSession session, T value, JsonTypeInfo<T> type, CancellationToken ct)
    {
        if (session.Sent > 0)
        {
            throw new SessionRefusedException(SessionRefusedException.Failed, "the node's agent was restarted while it was at it");
        }

        foreach (var part in JsonSerializer.SerializeToUtf8Bytes(value, type).Chunk(SessionProtocol.MaxDataBytes))
        {
            await line.SendAsync(new SessionFrame { Data = part }, ct);
        }
    }
}
