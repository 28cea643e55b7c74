using FsCheck;
using FsCheck.Fluent;
using Saas.Scheduler.Core.Waiting;

namespace Saas.Scheduler.Core.Tests.Waiting;

public sealed class WaitingQueueTests
{
    /// <summary>Jobs come, go, are tried and forgotten in any order: who is untried is always found, in order.</summary>
    [Fact]
    public void UntriedAreThoseOfLookingAtAll()
    {
        var steps = Gen.ListOf(from kind in Gen.Choose(0, 9) from job in Gen.Choose(0, 7) from rank in Gen.Choose(-2, 0) select (kind, job, rank));
        Prop.ForAll(steps.ToArbitrary(), static list =>
        {
            var (queue, tried, places, arrivals) = (new WaitingQueue(), new TriedJobs(), new Dictionary<int, WaitingPlace>(), 0L);
            foreach (var (kind, job, rank) in list)
            {
                switch (kind)
                {
                    case < 4 when !places.ContainsKey(job):
                        queue.Add(places[job] = new WaitingPlace(rank, arrivals++, $"{job}"));
                        break;
                    case 4 when places.Remove(job, out var gone):
                        queue.Remove(gone);
                        break;
                    case 5:
                        tried.Forget([$"{job}"]);
                        break;
                    case 6:
                        tried.KeepOnly([$"{job}"]);
                        break;
                    case 7 when job == 0:
                        tried = new TriedJobs();
                        break;
                    default:
                        tried.Add($"{job}");
                        break;
                }

                var expected = places.Values.Order().Where(place => !tried.Contains(place.JobKey)).ToArray();
                if (queue.HasUntried(tried) != expected.Length > 0
                    || !queue.Untried(tried).Where(place => !tried.Contains(place.JobKey)).SequenceEqual(expected)
                    || queue.Count != places.Count)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
