using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Reconcile.Deployments;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class CanaryTests
{
    private static ReconcileScenario Canarying(int canaries = 1, bool autoPromote = false, int count = 3)
    {
        var update = OneByOne with { Canaries = canaries, AutoPromote = autoPromote };
        var scenario = With(Service(Group(count: count, update: update)));
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        scenario.Step();
        return scenario;
    }

    private static Deployment Promoted(Deployment deployment) => deployment with
    {
        Groups = deployment.Groups.ToDictionary(static pair => pair.Key, static pair => pair.Value with { Promoted = true }),
    };

    [Fact]
    public void FirstVersion_HasNoCanaries()
    {
        var scenario = With(Service(Group(count: 3, update: OneByOne with { Canaries = 1 })));
        scenario.RunToTheEnd();
        Assert.DoesNotContain(scenario.Live, static state => state.Canary);
        Assert.Equal(0, scenario.Deployment!.Groups["web"].DesiredCanaries);
    }

    [Fact]
    public void Canaries_RunBesideTheOldVersionUntilPromotedByHand()
    {
        var scenario = Canarying(canaries: 2);
        Assert.Equal([0, 1], scenario.Live.Where(static state => state.Canary).Select(static state => state.Index));
        Assert.Equal(3, scenario.Live.Count(static state => state.JobVersion == 0));

        scenario.AllWell();
        scenario.Step();
        scenario.Now += TimeSpan.FromDays(1);
        Assert.Empty(scenario.Step().Stop);
        Assert.Equal(DeploymentDescriptions.AwaitsPromotion, scenario.Deployment!.Description);
        Assert.Equal(2, scenario.Deployment.Groups["web"].PlacedCanaries.Count);

        scenario.Deployment = Promoted(scenario.Deployment);
        var result = scenario.Step();
        Assert.Equal([0, 1, 2], result.Stop.Select(static item => item.Allocation.Index).Order());
        Assert.Equal(2, Assert.Single(result.Place).Index);
        scenario.RunToTheEnd();
        Assert.Equal(3, scenario.Live.Count);
        Assert.Equal(DeploymentState.Successful, scenario.Deployment.State);
    }

    [Fact]
    public void HealthyCanaries_ArePromotedByThemselvesWhereTheJobSaysSo()
    {
        var scenario = Canarying(autoPromote: true);
        Assert.Equal(DeploymentDescriptions.AwaitsAutoPromotion, scenario.Deployment!.Description);
        scenario.AllWell();

        var result = scenario.Step();

        Assert.True(result.Deployment!.Groups["web"].Promoted);
        Assert.Equal(0, result.Stop[0].Allocation.Index);
        scenario.RunToTheEnd();
        Assert.All(scenario.Live, static state => Assert.Equal(1, state.JobVersion));
    }

    [Fact]
    public void CanariesNotWellUntilTheDeadline_AreStoppedAndTheOldStay()
    {
        var scenario = Canarying();
        scenario.Now += TimeSpan.FromMinutes(10);

        var result = scenario.Step();

        Assert.Equal(DeploymentState.Failed, scenario.Deployment!.State);
        Assert.Equal(Reasons.CanaryNotPromoted, Assert.Single(result.Stop).Reason);
        Assert.Equal(3, scenario.Live.Count(static state => state.JobVersion == 0));
        scenario.AllWell();
        scenario.Step();
        Assert.False(scenario.Look().ChangesDocuments);
    }

    [Fact]
    public void NewerVersion_StopsTheCanariesAndPlacesItsOwn()
    {
        var scenario = Canarying();
        scenario.SubmitNew();

        var result = scenario.Step();

        Assert.Equal(Reasons.CanaryNotPromoted, Assert.Single(result.Stop).Reason);
        Assert.True(Assert.Single(result.Place).Canary);
        Assert.Equal(3, scenario.Live.Count(static state => state.JobVersion == 0));
    }

    [Fact]
    public void CanaryLost_IsReplacedByACanary()
    {
        var scenario = Canarying();
        scenario.AllWell();
        var canary = scenario.Live.Single(static state => state.Canary);
        scenario.Remove(canary.NodeId);

        var result = scenario.Step();

        var place = result.Place.Single(static item => item.Canary);
        Assert.Equal((canary.Index, canary.Id), (place.Index, place.Previous!.Id));
    }

    [Fact]
    public void OldOneLostWhileCanariesRun_IsReplacedByItsOwnVersion()
    {
        var scenario = Canarying();
        scenario.AllWell();
        var canaryNode = scenario.Live.Single(static state => state.Canary).NodeId;
        var old = scenario.Live.First(state => !state.Canary && state.NodeId != canaryNode);
        scenario.Remove(old.NodeId);

        var place = Assert.Single(scenario.Step().Place);

        Assert.Equal((old.Index, 0L, false), (place.Index, place.Older!.Version, place.Canary));
        Assert.Equal(3, scenario.Live.Count(static state => !state.Canary));
    }

    [Fact]
    public void MoreCanariesThanCount_GiveTheirNamesBackAtPromotion()
    {
        var scenario = Canarying(canaries: 3, count: 2);
        Assert.Equal([0, 1, 2], scenario.Live.Where(static state => state.Canary).Select(static state => state.Index));
        scenario.AllWell();
        scenario.Step();
        scenario.Deployment = Promoted(scenario.Deployment!);
        scenario.RunToTheEnd();
        Assert.Equal(2, scenario.Live.Count);
        Assert.All(scenario.Live, static state => Assert.Equal(1, state.JobVersion));
    }

    [Fact]
    public void AllAsCanaries_BlueGreen_SwitchesAtOnce()
    {
        var scenario = Canarying(canaries: 3);
        scenario.AllWell();
        scenario.Step();
        scenario.Deployment = Promoted(scenario.Deployment!);
        Assert.Equal(3, scenario.Step().Stop.Count);
        Assert.Equal(DeploymentState.Successful, scenario.Deployment.State);
    }
}
