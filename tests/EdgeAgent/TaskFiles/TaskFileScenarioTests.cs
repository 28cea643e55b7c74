using System.Security.Cryptography;
using System.Text;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.TaskFiles;

/// <summary>Artifacts and templates as tasks of the exec driver find them, from a real HTTP server.</summary>
public sealed class TaskFileScenarioTests : AgentScenario
{
    private static readonly RestartPolicy Soon = new() { Attempts = 100, Delay = 100_000_000, Interval = 3600_000_000_000, Mode = "fail" };

    private FileServer _server = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _server = await FileServer.StartAsync();
        Agent.Start();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ATaskFindsItsArtifactsAndTemplates()
    {
        var zip = Archives.Zip(("sub/z", "zipped ", 0));
        _server.Files["/plain.txt"] = "plain "u8.ToArray();
        _server.Files["/tools.tar.gz"] = Archives.TarGz(Archives.File("bin/hello", "#!/bin/sh\nprintf 'hello '\n", (UnixFileMode)0x1ED), Archives.Link("bin/hi", "hello"));
        _server.Files["/latest"] = zip;
        _server.Files["/page.tpl"] = "[[ env \"GREETING\" ]] from a file "u8.ToArray();
        _server.Redirects["/moved"] = "/plain.txt";
        var task = Assignments.Task(
            "main", "/bin/sh", "-c",
            "cat local/plain.txt; local/tools/bin/hi; cat ../alloc/shared/sub/z local/renamed local/page; printf '%s %s ' \"$COLOUR\" \"$GREETING\"; cat secrets/colour.env") with
        {
            Env = new Dictionary<string, string> { ["GREETING"] = "good day", ["COLOUR"] = "red" },
            Meta = new Dictionary<string, string> { ["file"] = "plain" },
            Artifacts =
            [
                new TaskArtifact { GetterSource = _server.Of("/${NOMAD_META_file}.txt"), RelativeDest = "local/", GetterHeaders = new Dictionary<string, string> { ["X-Token"] = "t1" } },
                new TaskArtifact { GetterSource = _server.Of("/tools.tar.gz"), RelativeDest = "local/tools", GetterMode = "dir" },
                new TaskArtifact
                {
                    GetterSource = _server.Of("/latest"), RelativeDest = "${NOMAD_ALLOC_DIR}/shared",
                    GetterOptions = new Dictionary<string, string> { ["archive"] = "zip", ["checksum"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(zip)) },
                },
                new TaskArtifact { GetterSource = _server.Of("/moved"), RelativeDest = "local/renamed", GetterMode = "file" },
                new TaskArtifact { GetterSource = _server.Of("/page.tpl"), RelativeDest = "local" },
            ],
            Templates =
            [
                new TaskTemplate { SourcePath = "local/page.tpl", DestPath = "local/page", LeftDelim = "[[", RightDelim = "]]" },
                new TaskTemplate
                {
                    EmbeddedTmpl = "{{/* what it wears */ -}}\n  COLOUR=\"{{ env \"NOMAD_META_file\" }} blue\" # {{ env `NOTHING` }}\n", DestPath = "secrets/colour.env", Envvars = true, Perms = "0600",
                },
            ],
        };
        var allocation = Assignments.Of(JobTypes.Batch, Assignments.NoRestarts, task);
        Plane.Assign(allocation);
        await StatusAsync(allocation, ClientStatus.Complete);

        var report = Report(allocation)!.Tasks["main"];
        Assert.Equal(
            "plain hello zipped plain good day from a file plain blue good day COLOUR=\"plain blue\" # \n", report.OutputTail);
        Assert.Equal(["Received", "Downloading Artifacts", "Started", "Terminated", "Not Restarting"], report.Events.Select(static e => e.Type));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(Path.Combine(Data, "allocs", allocation.Id, "main/secrets/colour.env")));
        Assert.Equal("t1", _server.Requests.First(static request => request.Path == "/plain.txt").Token);
        Assert.False(Directory.Exists(Path.Combine(Data, "allocs", allocation.Id, "main/.artifact")));
    }

    [Fact]
    public async Task ADownloadThatFailsIsTriedAgainByTheRestartPolicyAndDoneOnceForAllRuns()
    {
        var task = Assignments.Task("main", "/bin/sh", "-c", "test -e local/again || cat local/late; rm -f local/late; test -e local/again || { touch local/again; exit 1; }") with
        {
            Artifacts = [new TaskArtifact { GetterSource = _server.Of("/late?token=secret"), RelativeDest = "local/late", GetterMode = "file" }],
        };
        var allocation = Assignments.Of(JobTypes.Batch, Soon, task);
        Plane.Assign(allocation);
        await UntilAsync(() => Report(allocation)?.Tasks["main"].Restarts >= 2, "the download was tried again");
        var failed = Report(allocation)!.Tasks["main"].Events;
        Assert.Contains(failed, static e => e.Type == "Failed Artifact Download" && e.Message.Contains("/late\": the source answers 404", StringComparison.Ordinal));
        Assert.DoesNotContain(failed, static e => e.Message.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(ClientStatus.Pending, Report(allocation)!.ClientStatus);

        _server.Files["/late"] = "late"u8.ToArray();
        await StatusAsync(allocation, ClientStatus.Complete);
        Assert.Equal(["/late"], _server.Sent);
        Assert.DoesNotContain("secret", Agent.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checksum", "sha256:0000000000000000000000000000000000000000000000000000000000000000", "local/x", "checksum")]
    [InlineData("archive", "false", "../../../x", "leads out")]
    [InlineData("archive", "false", "${NOMAD_META_up}/x", "leads out")]
    [InlineData("archive", "false", "/etc/x", "leads out")]
    public async Task WhatMayNotBeFailsTheTaskAndLeavesNothing(string option, string value, string destination, string said)
    {
        _server.Files["/x"] = "x"u8.ToArray();
        var task = Assignments.Task("main", "/bin/true") with
        {
            Meta = new Dictionary<string, string> { ["up"] = "../../.." },
            Artifacts = [new TaskArtifact { GetterSource = _server.Of("/x"), RelativeDest = destination, GetterMode = "file", GetterOptions = new Dictionary<string, string> { [option] = value } }],
        };
        var allocation = Assignments.Of(JobTypes.Service, Assignments.NoRestarts, task);
        Plane.Assign(allocation);
        await StatusAsync(allocation, ClientStatus.Failed);

        var events = Report(allocation)!.Tasks["main"].Events;
        Assert.Equal(["Received", "Downloading Artifacts", "Failed Artifact Download", "Not Restarting"], events.Select(static e => e.Type));
        Assert.Contains(said, events[2].Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Data, "allocs"), "x", SearchOption.AllDirectories));
        Assert.False(File.Exists("/etc/x"));
    }

    [Fact]
    public async Task AnAllocationThatIsStoppedDoesNotWaitForASlowSource()
    {
        _server.Files["/slow"] = Encoding.UTF8.GetBytes(new string('x', 10_000));
        _server.Endless["/slow"] = true;
        var task = Assignments.Task("main", "/bin/true") with { Artifacts = [new TaskArtifact { GetterSource = _server.Of("/slow"), RelativeDest = "local" }] };
        var allocation = Assignments.Of(JobTypes.Service, Soon, task);
        Plane.Assign(allocation);
        await UntilAsync(() => !_server.Requests.IsEmpty, "the download began");

        Plane.Assign(allocation.Stopped());
        await StatusAsync(allocation, ClientStatus.Complete);
        await UntilAsync(() => !Directory.Exists(Path.Combine(Data, "allocs", allocation.Id, "main/.artifact")), "what came is deleted");
    }

    [Fact]
    public async Task ATemplateThatCannotBeRenderedFailsTheTask()
    {
        var task = Assignments.Task("main", "/bin/sh", "-c", "true") with
        {
            Templates = [new TaskTemplate { SourcePath = "../../../key.pem", DestPath = "local/key" }],
        };
        var allocation = Assignments.Of(JobTypes.Service, Soon, task);
        Plane.Assign(allocation);
        await StatusAsync(allocation, ClientStatus.Failed);

        Assert.Contains(Report(allocation)!.Tasks["main"].Events, static e => e.Type == "Driver Failure" && e.Message.Contains("local/key", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(Data, "allocs", allocation.Id, "main/local/key")));
    }
}
