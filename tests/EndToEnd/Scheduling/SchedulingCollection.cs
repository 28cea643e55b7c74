namespace Saas.EndToEnd.Tests.Scheduling;

/// <summary>One platform and one agent for all tests of scheduling: they fill the machine, one at a time.</summary>
[CollectionDefinition("scheduling", DisableParallelization = true)]
public sealed class SchedulingCollection : ICollectionFixture<SchedulingSite>;
