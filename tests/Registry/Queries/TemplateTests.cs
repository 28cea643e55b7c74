using Saas.Registry.Queries;

namespace Saas.Registry.Tests.Queries;

/// <summary>A template's texts with what the name asked for fills in.</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("${name.full}", "geo-db-customer-primary")]
    [InlineData("${name.prefix}", "geo-db")]
    [InlineData("${name.suffix}", "-customer-primary")]
    [InlineData("mysql-${match(1)}", "mysql-customer")]
    [InlineData("${match(2)}", "primary")]
    [InlineData("${match(0)}", "geo-db-customer-primary")]
    [InlineData("a${match(9)}b", "ab")]
    [InlineData("a${match(-1)}b", "ab")]
    [InlineData("${ match( 1 ) }", "customer")]
    [InlineData("$${name.full}", "${name.full}")]
    [InlineData("100$ {x} }", "100$ {x} }")]
    [InlineData("${\"a}\\\"b\"}", "a}\"b")]
    [InlineData("${7}", "7")]
    [InlineData("x${agent.segment}", "x")]
    public void Render_DocumentedTemplate_FillsIn(string text, string expected)
    {
        var template = Template.Compile(Query(new ServiceQuery { Service = text }, "^geo-db-(.*?)-([^\\-]+?)$"));

        Assert.Equal(expected, template.Render("geo-db-customer-primary").Service.Service);
    }

    [Theory]
    [InlineData("(?:x|(a+?))(?P<n>a*)", "aaa", "a", "aa")]
    [InlineData("(?U)(a+)(a*)", "aaa", "a", "")]
    [InlineData("(?U:(a+?))(a*)", "aaa", "aaa", "")]
    [InlineData("(?i)(GEO)-(.)", "geo-x", "geo", "x")]
    [InlineData("(😀)(a)", "😀a", "😀", "a")]
    [InlineData("(y)?(a)", "a", "", "a")]
    public void Match_Groups_AreThoseThatRe2Counts(string regexp, string name, string first, string second)
    {
        var template = Template.Compile(Query(new ServiceQuery { Service = "${match(1)}|${match(2)}" }, regexp, prefix: ""));

        Assert.Equal($"{first}|{second}", template.Render(name).Service.Service);
    }

    [Fact]
    public void Render_EveryTextOfTheService_IsFilledIn()
    {
        const string Text = "${name.suffix}";
        var template = Template.Compile(Query(new ServiceQuery
        {
            Service = Text,
            Near = Text,
            Tags = ["a", "!" + Text],
            IgnoreCheckIDs = [Text],
            NodeMeta = new Dictionary<string, string> { ["k"] = Text },
            ServiceMeta = new Dictionary<string, string> { ["k"] = Text },
            Failover = new QueryFailover { Datacenters = [Text], Targets = [Text] },
        }, "", prefix: "p-"));

        var service = template.Render("p-x").Service;

        Assert.Equal(
            ["x", "x", "a", "!x", "x", "x", "x", "x", "x"],
            [service.Service, service.Near, .. service.Tags, service.IgnoreCheckIDs[0], service.NodeMeta["k"], service.ServiceMeta["k"],
             service.Failover.Datacenters[0], service.Failover.Targets[0]]);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void Render_EmptyTags_AreRemovedWhereAsked(bool removes, int left)
    {
        var query = Query(new ServiceQuery { Service = "s", Tags = ["${match(1)}", "a"] }, "");

        var rendered = Template.Compile(query with { Template = query.Template with { RemoveEmptyTags = removes } }).Render("geo-db");

        Assert.Equal(left, rendered.Service.Tags.Count);
    }

    [Theory]
    [InlineData("${name.nope}", "", "Bad format '${name.nope}' in Service.Service: At column 3, line 1: unknown variable accessed: name.nope")]
    [InlineData("${nope(1)}", "", "Bad format '${nope(1)}' in Service.Service: At column 3, line 1: unknown function called: nope")]
    [InlineData("${match(a)}", "", "Bad format '${match(a)}' in Service.Service: At column 3, line 1: match: argument 1 should be type int")]
    [InlineData("${name.full", "", "Bad format '${name.full' in Service.Service: At column 1, line 1: expected a closing }")]
    [InlineData("s", "(", "Bad Regexp: error parsing regexp: missing closing ): `(`")]
    public void Compile_Malformed_SaysWhat(string text, string regexp, string message)
    {
        var fault = Assert.Throws<TemplateException>(() => Template.Compile(Query(new ServiceQuery { Service = text }, regexp)));

        Assert.Equal(message, fault.Message);
    }

    private static PreparedQuery Query(ServiceQuery service, string regexp, string prefix = "geo-db") => new()
    {
        ID = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05",
        Name = prefix,
        Template = new QueryTemplate { Type = QueryTemplate.NamePrefixMatch, Regexp = regexp },
        Service = service,
    };
}
