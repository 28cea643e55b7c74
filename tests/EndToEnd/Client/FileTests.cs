using System.Diagnostics;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>An allocation's files, through Nomad's endpoints and the agent's outbound channel.</summary>
[Collection("client")]
public sealed class FileTests(ClientSite site, ITestOutputHelper output)
{
    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private string Path(string operation, string path, string more = "") =>
        $"/v1/client/fs/{operation}/{site.Allocation}?path={Uri.EscapeDataString(path)}{more}";

    [Fact]
    public async Task The_folder_looks_as_nomad_lays_it_out()
    {
        Assert.Equal(["alloc", "main"], await NamesAsync("/"));
        Assert.Equal(["data", "logs", "tmp"], await NamesAsync("alloc"));
        Assert.Equal(["main.stderr.0", "main.stdout.0"], await NamesAsync("alloc/logs/"));
        Assert.Contains("local", await NamesAsync("main"));

        var log = (await site.JsonAsync(Path("ls", "alloc/logs"))).EnumerateArray().First(file => file.GetProperty("Name").GetString() == "main.stderr.0");
        Assert.Equal(["Name", "IsDir", "Size", "FileMode", "ModTime"], log.EnumerateObject().Select(member => member.Name));
        Assert.Equal((false, 5, "-rw-r--r--"), (log.GetProperty("IsDir").GetBoolean(), log.GetProperty("Size").GetInt32(), log.GetProperty("FileMode").GetString()));
        Assert.InRange(log.GetProperty("ModTime").GetDateTime(), Now.AddMinutes(-10), Now);
    }

    [Fact]
    public async Task A_file_is_told_and_read_whole_in_part_and_in_frames()
    {
        File.WriteAllText(System.IO.Path.Combine(site.AllocationFolder, "main/local/note.txt"), "0123456789");

        var stat = await site.JsonAsync(Path("stat", "main/local/note.txt"));
        Assert.Equal(("note.txt", 10, "text/plain; charset=utf-8"), (stat.GetProperty("Name").GetString(), stat.GetProperty("Size").GetInt32(), stat.GetProperty("ContentType").GetString()));
        Assert.True((await site.JsonAsync(Path("stat", "main/local"))).GetProperty("IsDir").GetBoolean());
        Assert.Equal((200, "0123456789"), await site.GetAsync(Path("cat", "/main/local/../local/note.txt")));
        Assert.Equal((200, "345"), await site.GetAsync(Path("readat", "main/local/note.txt", "&offset=3&limit=3")));
        Assert.Equal((200, "89"), await site.GetAsync(Path("readat", "main/local/note.txt", "&offset=8")));

        var (_, frames) = await site.GetAsync(Path("stream", "main/local/note.txt", "&follow=false&origin=end&offset=4"));
        Assert.Equal("""{"Offset":10,"Data":"Njc4OQ==","File":"main/local/note.txt"}""", frames);
    }

    [Fact]
    public async Task A_file_of_many_frames_comes_whole()
    {
        var content = new byte[3_000_000];
        new Random(7).NextBytes(content);
        File.WriteAllBytes(System.IO.Path.Combine(site.AllocationFolder, "alloc/data/large"), content);

        using var response = await site.OpenAsync(Path("cat", "alloc/data/large"));
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_in_nomads_words()
    {
        Assert.Equal((404, "stat nix: no such file or directory"), await site.GetAsync(Path("stat", "nix")));
        Assert.Equal((404, "open nix: no such file or directory"), await site.GetAsync(Path("ls", "nix")));
        Assert.Equal((400, "stat nix: no such file or directory"), await site.GetAsync(Path("cat", "nix")));
        Assert.Equal((400, "file \"alloc\" is a directory"), await site.GetAsync(Path("cat", "alloc")));
        Assert.Equal((400, "must provide a file name"), await site.GetAsync($"/v1/client/fs/cat/{site.Allocation}"));
        Assert.Equal((400, "must provide a file name"), await site.GetAsync($"/v1/client/fs/stat/{site.Allocation}"));
        Assert.Equal((400, "origin must be start or end"), await site.GetAsync(Path("stream", "alloc", "&origin=middle")));
        Assert.Equal(500, (await site.GetAsync(Path("readat", "alloc", "&offset=x"))).Status);
        Assert.Equal((404, "Unknown allocation \"alloc_nix\""), await site.GetAsync("/v1/client/fs/ls/alloc_nix"));
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_and_nothing_secret_is_read()
    {
        var secrets = Directory.CreateDirectory(System.IO.Path.Combine(site.AllocationFolder, "main/secrets"));
        File.WriteAllText(System.IO.Path.Combine(secrets.FullName, "token"), "s3cret");
        Link("alloc/data/passwd", "/etc/passwd");
        Link("alloc/data/etc", "/etc");
        Link("alloc/data/up", "../../../..");
        Link("alloc/data/token", "../../main/secrets/token");
        using (var fifo = Process.Start("mkfifo", [System.IO.Path.Combine(site.AllocationFolder, "alloc/data/pipe")]))
        {
            await fifo.WaitForExitAsync();
        }

        foreach (var path in (string[])["..", "../../identity.json", "alloc/../../x", "/../..", "alloc/data/passwd", "alloc/data/etc/passwd", "alloc/data/up/key.pem"])
        {
            Assert.Equal((500, "Path escapes the alloc directory"), await site.GetAsync(Path("stat", path)));
            Assert.Equal((400, "Path escapes the alloc directory"), await site.GetAsync(Path("cat", path)));
            Assert.Equal((400, "Path escapes the alloc directory"), await site.GetAsync(Path("stream", path)));
        }

        Assert.Equal((500, "Path escapes the alloc directory"), await site.GetAsync(Path("ls", "alloc/data/etc")));
        foreach (var path in (string[])["main/secrets/token", "/main/./SECRETS/../secrets/token", "alloc/data/token"])
        {
            var (status, text) = await site.GetAsync(Path("cat", path));
            Assert.Equal((500, $"Reading secret file prohibited: {path}"), (status, text));
        }

        Assert.Equal((400, "open alloc/data/pipe: not a regular file"), await site.GetAsync(Path("cat", "alloc/data/pipe")));
        Assert.Equal("Lrwxrwxrwx", (await site.JsonAsync(Path("ls", "alloc/data"))).EnumerateArray()
            .First(file => file.GetProperty("Name").GetString() == "passwd").GetProperty("FileMode").GetString());
    }

    [Fact]
    public async Task A_look_takes_milliseconds()
    {
        var times = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            await NamesAsync("alloc/logs");
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        var median = times.Order().ElementAt(times.Count / 2);
        output.WriteLine($"ls: median {median:0.0} ms, fastest {times.Min():0.0} ms");
        Assert.True(median < 250, $"{median} ms: it was found by a look at the store, not by its signal");
    }

    private async Task<IEnumerable<string?>> NamesAsync(string path) =>
        (await site.JsonAsync(Path("ls", path))).EnumerateArray().Select(file => file.GetProperty("Name").GetString()).ToList();

    private void Link(string path, string target)
    {
        var link = System.IO.Path.Combine(site.AllocationFolder, path);
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
