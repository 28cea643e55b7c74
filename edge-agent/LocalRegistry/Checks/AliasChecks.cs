using Saas.Discovery.Model;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Checks;

/// <summary>Checks that say what others say: those of a service here, or of another node and its services in the view.</summary>
internal sealed class AliasChecks(RegistrationStore store, CatalogFollower view, string nodeName)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var (local, remote) = (store.Changed.Next, view.Changed.Next);
            foreach (var (ns, project) in store.Current.Projects)
            {
                foreach (var check in project.Checks.Values.Where(c => c.Definition.IsAlias))
                {
                    store.Report(ns, check.Definition, Judge(project, check.Definition));
                }
            }

            await (await Task.WhenAny(local, remote).WaitAsync(ct));
        }
    }

    private CheckResult Judge(ProjectState project, CheckDefinition alias)
    {
        var isHere = alias.AliasNode.Length == 0 || string.Equals(alias.AliasNode, nodeName, StringComparison.OrdinalIgnoreCase);
        return isHere ? JudgeLocal(project, alias) : JudgeRemote(alias);
    }

    private static CheckResult JudgeLocal(ProjectState project, CheckDefinition alias) =>
        alias.AliasService.Length > 0 && !project.Services.ContainsKey(alias.AliasService)
            ? CheckResult.Critical($"Service {alias.AliasService} could not be found on this node")
            : Worst(project.ChecksOf(alias.AliasService, withNode: true)
                .Where(c => c.Definition.Id != alias.Id && !c.Definition.IsAlias)
                .Select(c => (c.Definition.Name, c.Status, c.Output)));

    private CheckResult JudgeRemote(CheckDefinition alias)
    {
        if (view.Current?.Catalog.FindNode(alias.AliasNode) is not { } node)
        {
            return CheckResult.Critical($"Node {alias.AliasNode} could not be found");
        }

        return alias.AliasService.Length > 0 && !node.Services.ContainsKey(alias.AliasService)
            ? CheckResult.Critical($"Service {alias.AliasService} could not be found on node {alias.AliasNode}")
            : Worst(node.ChecksOf(alias.AliasService).Select(c => (c.Name, c.Status, c.Output)));
    }

    private static CheckResult Worst(IEnumerable<(string Name, string Status, string Output)> checks)
    {
        var worst = CheckResult.Passing("No checks found.");
        foreach (var (name, status, output) in checks)
        {
            if (HealthStatus.Severity(status) > HealthStatus.Severity(worst.Status))
            {
                worst = new CheckResult(status, $"Aliased check \"{name}\" failing: {OutputLimit.Head(output, CheckDefinition.DefaultOutputBytes)}");
            }
            else if (worst.Status == HealthStatus.Passing)
            {
                worst = CheckResult.Passing("All checks passing.");
            }
        }

        return worst;
    }
}
