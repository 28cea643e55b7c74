namespace Saas.EdgeAgent.Tests.Exec;

public sealed class ExecDriverContractTests(ExecHarness harness) : WorkloadDriverContract(harness), IClassFixture<ExecHarness>;
