namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>One platform and two agents for all tests of job files: drains and canaries of one would be in another's way at once.</summary>
[CollectionDefinition("jobs", DisableParallelization = true)]
public sealed class JobsCollection : ICollectionFixture<JobsSite>;
