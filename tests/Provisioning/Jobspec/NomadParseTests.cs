using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>What Nomad's own tests of its parser (jobspec2/parse_test.go) say that files are, in files of ours.</summary>
public sealed class NomadParseTests
{
    private const string Variables =
        """
        variables {
          where = "first"
        }

        variable "site" {
          default = "one"
        }

        job "j" {
          datacenters = [for s in [var.site, "x"] : upper(s)]
          region      = var.where
        }
        """;

    [Fact]
    public void Variables_have_their_defaults()
    {
        var job = JobText.Read(Variables);

        Assert.Equal(["ONE", "X"], job.Datacenters);
        Assert.Equal("first", job.Region);
        Assert.Equal("j", job.ID);
        Assert.Equal("j", job.Name);
    }

    [Fact]
    public void Variables_are_set_by_the_request()
    {
        var job = JobText.Read(Variables, "where = \"second\"\nsite = \"two\"\nunknown = 1\n");

        Assert.Equal(["TWO", "X"], job.Datacenters);
        Assert.Equal("second", job.Region);
    }

    [Fact]
    public void What_is_not_known_stays_for_later()
    {
        var job = JobText.Read("variables {\n  a = \"x\"\n}\njob \"j\" {\n  meta {\n    known = \"${var.a}\"\n    unknown = \"${UNKNOWN}\"\n  }\n  region = meta.here\n}");

        Assert.Equal(new Dictionary<string, string> { ["known"] = "x", ["unknown"] = "${UNKNOWN}" }, job.Meta);
        Assert.Equal("${meta.here}", job.Region);
    }

    [Fact]
    public void A_variable_without_a_value_is_a_fault_even_where_nobody_uses_it() =>
        Assert.Equal("input.hcl:1,1-13: Unset variable \"a\"; A used variable must be set or have a default value.", JobText.Fault("variable \"a\" {}\njob \"j\" {}"));

    [Fact]
    public void Locals_use_variables_and_each_other_in_any_order()
    {
        var job = JobText.Read(
            """
            variables {
              r = "eu"
            }

            locals {
              full = "${local.half}-${var.r}"
              half = "h"
            }

            job "j" {
              region = local.full
            }
            """);

        Assert.Equal("h-eu", job.Region);
    }

    [Fact]
    public void Files_are_not_read() =>
        Assert.Contains("filesystem function disabled", JobText.Fault("job \"j\" {\n  region = file(\"x\")\n}"), StringComparison.Ordinal);

    [Fact]
    public void Dynamic_groups_reach_into_everything_in_them()
    {
        var job = JobText.Read(
            """
            job "j" {
              dynamic "group" {
                for_each = [{ name = "a", n = 1 }, { name = "b", n = 2 }]
                labels   = [group.value.name]

                content {
                  count = group.value.n

                  service {
                    port = group.value.name
                  }

                  task "t" {
                    driver = "raw_exec"
                    config {
                      command = group.value.name
                    }
                    meta {
                      N = group.value.n
                    }
                    env {
                      ID = format("id:%s", group.key)
                    }
                    resources {
                      cpu = group.value.n
                    }
                  }
                }
              }
            }
            """);

        Assert.Equal(["a", "b"], job.TaskGroups!.Select(group => group.Name));
        Assert.Equal([1, 2], job.TaskGroups!.Select(group => group.Count!.Value));
        Assert.Equal("b", job.TaskGroups![1].Services![0].PortLabel);
        var task = job.TaskGroups[1].Tasks![0];
        Assert.Equal("b", task.Config!["command"].GetString());
        Assert.Equal("2", task.Meta!["N"]);
        Assert.Equal("id:1", task.Env!["ID"]);
        Assert.Equal(2, task.Resources!.CPU);
    }

    [Theory]
    [InlineData("prod", 20, "p1,p2")]
    [InlineData("staging", 3, "s1")]
    [InlineData("other", 0, "")]
    public void Functions_and_lookups(string env, int count, string sites)
    {
        var job = JobText.Read(
            """
            variable "env" {
              description = "where it runs"
            }

            locals {
              all = {
                prod    = { count = 20, sites = ["p1", "p2"] },
                staging = { count = 3, sites = ["s1"] },
              }

              env = lookup(local.all, var.env, { count = 0, sites = [] })
            }

            job "j" {
              datacenters = local.env.sites
              group "g" {
                count = local.env.count
                task "t" {
                  driver = "docker"
                  config {
                    args = ["-text", "Hello from ${var.env}"]
                  }
                }
              }
            }
            """,
            $"env = \"{env}\"");

        Assert.Equal(sites, string.Join(',', job.Datacenters!));
        Assert.Equal(count, job.TaskGroups![0].Count);
        Assert.Equal($"Hello from {env}", job.TaskGroups[0].Tasks![0].Config!["args"][1].GetString());
    }

    public static TheoryData<string, string?> Envs() => new()
    {
        { "", null },
        { "env {\n key = \"value\"\n}", "key=value" },
        { "env = {\n \"key.dot\" = \"1\"\n plain = 2\n}", "key.dot=1;plain=2" },
        { "env = {\n \"key.dot\" : \"1\"\n plain : 2\n}", "key.dot=1;plain=2" },
        { "env = {}", "" },
        { "env = {for k in [\"a\", \"b\"]: k => \"val-${k}\" }", "a=val-a;b=val-b" },
    };

    [Theory]
    [MemberData(nameof(Envs))]
    public void Env_is_a_block_or_an_argument(string text, string? expected)
    {
        var env = JobText.Read(InTask(text)).TaskGroups![0].Tasks![0].Env;

        Assert.Equal(expected, env is null ? null : string.Join(';', env.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("env = { a = \"b\" }\nenv {\n c = \"d\"\n}", "Duplicate env block")]
    [InlineData("env = { key = local.absent }", "does not have an attribute named \"absent\"")]
    [InlineData("env {\n for k in [\"a\"]: k => k\n}", "Invalid block definition")]
    [InlineData("env = [ \"a\" ]", "Unsuitable value: map of string required")]
    [InlineData("env {\n a = [1]\n}", "Unsuitable value: string required")]
    [InlineData("env {\n a = null\n}", "null")]
    public void What_env_cannot_be(string text, string fault) => Assert.Contains(fault, JobText.Fault(InTask(text)), StringComparison.Ordinal);

    [Fact]
    public void Constraints_have_short_forms()
    {
        var constraints = JobText.Read(
            """
            job "j" {
              constraint {
                distinct_hosts = true
              }
              constraint {
                distinct_property = "${meta.rack}"
                value             = "2"
              }
              constraint {
                attribute = "${attr.kernel.version}"
                version   = ">= 5.0"
              }
              constraint {
                attribute = "a"
                value     = "b"
              }
            }
            """).Constraints!;

        Assert.Equal(new Constraint { RTarget = "true", Operand = "distinct_hosts" }, constraints[0]);
        Assert.Equal(new Constraint { LTarget = "${meta.rack}", RTarget = "2", Operand = "distinct_property" }, constraints[1]);
        Assert.Equal(new Constraint { LTarget = "${attr.kernel.version}", RTarget = ">= 5.0", Operand = "version" }, constraints[2]);
        Assert.Equal(new Constraint { LTarget = "a", RTarget = "b", Operand = "=" }, constraints[3]);
    }

    public static TheoryData<string, string, string> Scalings() => new()
    {
        { "type = \"horizontal\"", "", "argument \"max\" is required" },
        { "max = 40\n type = \"odd\"", "", "task group scaling policy had invalid type" },
        { "max = 40", "scaling \"disk\" {\n max = 1\n}", "scaling policy name must be \"cpu\" or \"mem\"" },
        { "max = 40", "scaling \"cpu\" {\n max = 1\n}\nscaling \"cpu\" {\n max = 1\n}", "Duplicate scaling \"cpu\" block" },
        { "max = 40", "scaling \"cpu\" {\n max = 1\n type = \"odd\"\n}", "Invalid scaling policy type" },
    };

    [Theory]
    [MemberData(nameof(Scalings))]
    public void What_scaling_cannot_be(string group, string task, string fault) => Assert.Contains(
        fault, JobText.Fault($"job \"j\" {{\n group \"g\" {{\n scaling {{\n {group}\n }}\n task \"t\" {{\n {task}\n }}\n }}\n}}"), StringComparison.Ordinal);

    private static string InTask(string text) => $"job \"j\" {{\n group \"g\" {{\n task \"t\" {{\n driver = \"exec\"\n config {{}}\n\n {text}\n }}\n }}\n}}";
}
