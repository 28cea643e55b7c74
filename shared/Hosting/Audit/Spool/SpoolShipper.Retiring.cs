using Saas.Storage;

namespace Saas.Hosting.Audit.Spool;

/// <content>
/// How a segment goes, once all of it is in the logs: it is marked as shipped (nobody reads it again), then the progress
/// rows of tenants of which nothing later was shipped are removed, then the file. Whoever is killed in between leaves a
/// marked file, from which the next one finds the tenants whose rows may still be there. Were the rows removed before
/// the mark, a killed process's records would be shipped twice; were the file removed first, rows would stay for good.
/// </content>
internal sealed partial class SpoolShipper
{
    private void StartRetiring()
    {
        var unshipped = _active.Count == 0 ? _cursor.Offset : Math.Min(_cursor.Offset, _active.Min(lane => lane.FirstUnshipped));
        var segments = folder.Segments;
        foreach (var segment in segments.Where(s => !_retiring.Contains(s) && !s.IsShipped && s.End <= unshipped))
        {
            // The last one is being appended to, as long as there is somebody who appends.
            if (segment == segments[^1] && folder.IsNew && !(IsStopping && IsEmpty && close(segment.End)))
            {
                continue;
            }

            var end = segment.End;
            var idle = _lanes.Where(l => !_active.Contains(l.Value) && l.Value.Progress.Offset <= end).ToList();
            idle.ForEach(l => _lanes.Remove(l.Key));
            _retiring.Add(segment);
            _ = RetireAsync(segment, [.. idle.Select(l => l.Value)]);
        }
    }

    private void StartRetiringMarked()
    {
        foreach (var segment in folder.Segments.Where(s => s.IsShipped))
        {
            var seen = new SpoolCursor(offset => segment.End > offset ? segment : null);
            var found = new Dictionary<string, SpoolLane>();
            while (seen.TryRead(out var line))
            {
                if (Contracts.TenantId.TryParse(System.Text.Encoding.ASCII.GetString(line.Tenant), out var tenant))
                {
                    found.TryAdd(tenant.Value, new SpoolLane(tenants.For(tenant), new SpoolProgress(folder.Id, isNew: false)));
                }
            }

            _retiring.Add(segment);
            _ = RetireAsync(segment, [.. found.Values]);
        }
    }

    private async Task RetireAsync(SpoolSegment segment, IReadOnlyList<SpoolLane> lanes)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            segment.MarkShipped();
            options.At?.Invoke(SpoolStep.Marked);
            foreach (var lane in lanes)
            {
                await lane.Progress.RemoveAsync(AuditLog.Open(lane.Tenant), segment.End);
            }

            options.At?.Invoke(SpoolStep.ProgressRemoved);
            folder.Delete(segment);
            options.At?.Invoke(SpoolStep.SegmentDeleted);
            Report(() => _retiring.Remove(segment));
        }
        catch (Exception e) when (e is StorageUnavailableException or IOException)
        {
            Log.NotRetired(logger, e);
            if (IsStopping)
            {
                // If marked, the mark stays, and the next process goes on from it.
                Report(() => _retiring.Remove(segment));
                return;
            }

            await Task.Delay(PauseAfterFault, time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = RetireAsync(segment, lanes);
        }
    }
}
