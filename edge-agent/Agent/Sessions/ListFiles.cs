using Saas.Contracts.Agents;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>What is in a folder of an allocation's.</summary>
internal sealed class ListFiles(AllocationFiles files) : ISessionOperation
{
    /// <summary>More are not told: about 20 MB of JSON.</summary>
    private const int MostFiles = 100_000;

    public string Kind => SessionKinds.ListFiles;

    public Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        try
        {
            var found = files.Open(session.Request.AllocationId).List(session.Request.Path ?? "/");
            return found.Count > MostFiles
                ? throw new SessionRefusedException(SessionRefusedException.Failed, $"more than {MostFiles} files")
                : line.AnswerAsync(session, [.. found.Select(static file => FileBody.Of(file.Name, file.Status))], SessionJson.Default.IReadOnlyListFileBody, ct);
        }
        catch (FileException e)
        {
            throw AllocationFiles.Refusal(e, SessionRefusedException.NotFound);
        }
    }
}
