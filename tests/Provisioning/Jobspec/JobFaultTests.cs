namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>What a job file cannot be: each fault with its place, and all of them at once.</summary>
public sealed class JobFaultTests
{
    [Theory]
    [InlineData("", "input.hcl:1,1-1: Missing job block; A job block is required")]
    [InlineData("job {}", "input.hcl:1,1-4: Missing name for job")]
    [InlineData("job \"a\" \"b\" {}", "Missing name for job")]
    [InlineData("job \"a\" {}\njob \"b\" {}", "input.hcl:2,1-8: Duplicate job block")]
    [InlineData("task \"a\" {}\njob \"b\" {}", "input.hcl:1,1-5: Unsupported block type; Blocks of type \"task\" are not expected here.")]
    [InlineData("a = 1\njob \"b\" {}", "input.hcl:1,1-2: Unsupported argument")]
    [InlineData("job \"j\" {\n  typ = \"x\"\n}", "input.hcl:2,3-6: Unsupported argument; An argument named \"typ\" is not expected here.")]
    [InlineData("job \"j\" {\n  grupp \"g\" {}\n}", "input.hcl:2,3-8: Unsupported block type")]
    [InlineData("job \"j\" {\n  group = []\n}", "Did you mean to define a block of type \"group\"?")]
    [InlineData("job \"j\" {\n  priority {}\n}", "Did you mean to define argument \"priority\"?")]
    [InlineData("job \"j\" {\n  group {}\n}", "input.hcl:2,3-8: Missing name for group")]
    [InlineData("job \"j\" {\n  group \"a\" \"b\" {}\n}", "input.hcl:2,13-16: Extraneous label for group")]
    [InlineData("job \"j\" {\n  update \"x\" {}\n}", "Extraneous label for update; No labels are expected")]
    [InlineData("job \"j\" {\n  update {}\n  update {}\n}", "input.hcl:3,3-9: Duplicate update block; Only one update block is allowed. Another was defined at input.hcl:2,3-9.")]
    [InlineData("job \"j\" {\n  priority = \"x\"\n}", "input.hcl:2,14-17: Unsuitable value type; Unsuitable value: a number is required")]
    [InlineData("job \"j\" {\n  priority = 1.5\n}", "value must be a whole number")]
    [InlineData("job \"j\" {\n  priority = 3000000000\n}", "between -2147483648 and 2147483647")]
    [InlineData("job \"j\" {\n  datacenters = \"dc1\"\n}", "list of string required")]
    [InlineData("job \"j\" {\n  datacenters = [null]\n}", "an element is null")]
    [InlineData("job \"j\" {\n  affinity {\n    weight = 200\n  }\n}", "between -128 and 127")]
    [InlineData("job \"j\" {\n  update {\n    stagger = \"30\"\n  }\n}", "input.hcl:3,15-19: Unsuitable value type; Unsuitable duration value: invalid duration \"30\"")]
    [InlineData("job \"j\" {\n  update {\n    stagger = true\n  }\n}", "expected a string but found bool")]
    [InlineData("job \"j\" {\n  group \"g\" {\n    volume \"v\" {}\n    volume \"v\" {}\n  }\n}", "input.hcl:4,12-15: Duplicate volume block")]
    [InlineData("job \"j\" {\n  group \"g\" {\n    task \"t\" {\n      lifecycle {}\n    }\n  }\n}", "The argument \"hook\" is required")]
    [InlineData("job \"j\" {\n  constraint {\n    is_set = \"x\"\n  }\n}", "input.hcl:3,5-11: Not supported by this platform; \"is_set\" of Nomad is refused here: write operator")]
    [InlineData("job \"j\" {\n  group \"g\" {\n    service {\n      check {\n        advertise = \"x\"\n      }\n    }\n  }\n}", "input.hcl:5,9-18: Not supported by this platform")]
    [InlineData("job \"j\" {\n  meta {\n    a {}\n  }\n}", "Blocks are not allowed here")]
    [InlineData("job \"j\" {\n  dynamic {}\n}", "Missing block type")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {}\n}", "The argument \"for_each\" is required")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = [1]\n  }\n}", "A dynamic block has one block: content")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = 1\n    content {}\n  }\n}", "input.hcl:3,16-17: Iteration over non-iterable value")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = [1]\n    iterator = \"x\"\n    content {}\n  }\n}", "Invalid dynamic iterator name")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = [1]\n    labels = 5\n    content {}\n  }\n}", "Invalid dynamic block labels")]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = [1]\n    content {}\n  }\n}", "Missing name for group")]
    [InlineData("{\"job\": {}}", "JSON is not read here")]
    public void A_fault_is_told_with_its_place(string text, string fault) => Assert.Contains(fault, JobText.Fault(text), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = JobText.Faults("job \"j\" {\n a = 1\n priority = \"x\"\n group \"g\" {\n  count = var.absent\n  task \"t\" {\n   env = 1\n  }\n }\n b {}\n}");

        Assert.Equal(["input.hcl:2,2-3", "input.hcl:3,13-16", "input.hcl:5,14-21", "input.hcl:7,10-11", "input.hcl:10,2-3"], faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void After_many_faults_no_more_are_looked_for()
    {
        var faults = JobText.Faults($"job \"j\" {{\n{string.Concat(Enumerable.Range(0, 1000).Select(i => $"a{i} = 1\n"))}}}");

        Assert.Equal(26, faults.Count);
        Assert.StartsWith("Too many faults", faults[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job \"j\" {\n  dynamic \"group\" {\n    for_each = range(1000)\n    labels = [group.value]\n    content {\n      dynamic \"task\" {\n        for_each = range(1000)\n        labels = [task.value]\n        content {}\n      }\n    }\n  }\n}")]
    [InlineData("locals {\n  big = join(\"\", [for i in range(1000) : join(\"\", range(300))])\n}\njob \"j\" {\n  dynamic \"group\" {\n    for_each = range(1000)\n    labels = [group.value]\n    content {\n      meta {\n        a = local.big\n      }\n    }\n  }\n}")]
    [InlineData("job \"j\" {\n  vault {\n    role = join(\"\", [for i in range(1000) : join(\"\", range(200))])\n  }\n  dynamic \"task\" {\n    for_each = range(1000)\n    labels = [task.value]\n    content {}\n  }\n}")]
    public void A_small_file_does_not_become_a_huge_job(string text) =>
        Assert.Contains("Limit exceeded", JobText.Fault(text), StringComparison.Ordinal);
}
