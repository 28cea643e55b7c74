namespace Saas.Provisioning.Tests.Shared;

/// <summary>Job documents as a client would send them.</summary>
internal static class JobTexts
{
    /// <summary>One group of one process.</summary>
    public static string Job(string id = "web", int count = 1, string more = "") => $$$"""
        {"Job":{"ID":"{{{id}}}"{{{more}}},"TaskGroups":[{"Name":"main","Count":{{{count}}},"Tasks":[
          {"Name":"server","Driver":"exec","Config":{"command":"/bin/sleep","args":["1000"]},"Resources":{"CPU":500,"MemoryMB":256}}]}]}}
        """;

    /// <summary>The same, with a part replaced.</summary>
    public static string With(string part, string by)
    {
        var job = Job();
        Assert.Contains(part, job, StringComparison.Ordinal);
        return job.Replace(part, by, StringComparison.Ordinal);
    }
}
