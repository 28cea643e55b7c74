using Saas.Contracts.Agents;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>What a file of an allocation's is.</summary>
internal sealed class StatFile(AllocationFiles files) : ISessionOperation
{
    public string Kind => SessionKinds.StatFile;

    public Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        try
        {
            var (folder, path) = (files.Open(session.Request.AllocationId), session.Request.Path ?? "/");
            var status = folder.Status(path);
            var name = ConfinedFolder.Clean(path) is { Length: > 0 } clean ? clean.Split('/')[^1] : session.Request.AllocationId!;
            return line.AnswerAsync(session, FileBody.Of(name, status, TypeOf(folder, path, name, status)), SessionJson.Default.FileBody, ct);
        }
        catch (FileException e)
        {
            throw AllocationFiles.Refusal(e, SessionRefusedException.NotFound);
        }
    }

    /// <summary>A comfort: what may not be read has none.</summary>
    private static string TypeOf(ConfinedFolder folder, string path, string name, FileStatus status)
    {
        if (!status.IsRegular)
        {
            return ContentTypes.Of(name, []);
        }

        try
        {
            using var file = AllocationFiles.Read(folder, path);
            Span<byte> head = stackalloc byte[ContentTypes.SniffedBytes];
            return ContentTypes.Of(name, head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is FileException or SessionRefusedException or IOException)
        {
            return ContentTypes.Of(name, []);
        }
    }
}
