using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.TaskFiles;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>For allocations without artifacts.</summary>
internal static class NoDownloads
{
    public static ArtifactDownloads Of(CurrentAssignment assignment)
    {
        var limits = new ArtifactLimits();
        return new ArtifactDownloads(new ArtifactFetcher(new ArtifactSource(ArtifactSource.CreateHttp(), limits), limits), assignment.Changed);
    }
}
