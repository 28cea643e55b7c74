namespace Saas.EndToEnd.Tests.Tools;

/// <summary>These tests fill the machine: one at a time.</summary>
[CollectionDefinition("machine", DisableParallelization = true)]
public sealed class MachineCollection;
