using System.Globalization;
using System.Text;
using System.Text.Json;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>What tasks write, as Nomad's clients follow it, whatever happens to the agent meanwhile.</summary>
[Collection("client")]
public sealed class LogTests(ClientSite site)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Path(string allocation, string query) => $"/v1/client/fs/logs/{allocation}?{query}";

    [Fact]
    public async Task Output_is_told_plain_and_framed_from_either_end()
    {
        var allocation = await site.RunAsync("said", "printf 0123456789; echo oops >&2; exec sleep 1000");
        await WrittenAsync(allocation, "main.stderr.0", 5);

        Assert.Equal((200, "0123456789"), await site.GetAsync(Path(allocation, "task=main&type=stdout&plain=true")));
        Assert.Equal((200, "456789"), await site.GetAsync(Path(allocation, "task=main&type=stdout&plain=true&offset=4")));
        Assert.Equal((200, "789"), await site.GetAsync(Path(allocation, "task=main&type=stdout&plain=true&offset=3&origin=end")));
        Assert.Equal((200, "0123456789"), await site.GetAsync(Path(allocation, "task=main&type=stdout&plain=true&offset=300&origin=end")));
        Assert.Equal((200, "oops\n"), await site.GetAsync(Path(allocation, "task=main&type=stderr&plain=true")));
        Assert.Equal((200, """{"Offset":5,"Data":"b29wcwo=","File":"alloc/logs/main.stderr.0"}"""), await site.GetAsync(Path(allocation, "task=main&type=stderr")));
        await site.Customer.StopJobAsync("said");
    }

    [Fact]
    public async Task What_is_not_there_is_refused_in_nomads_words()
    {
        var id = site.Allocation;
        Assert.Equal((400, "must provide task name"), await site.GetAsync(Path(id, "type=stdout")));
        Assert.Equal((400, "must provide log type (stdout/stderr)"), await site.GetAsync(Path(id, "task=main")));
        Assert.Equal((400, "must provide log type (stdout/stderr)"), await site.GetAsync(Path(id, "task=main&type=stdin")));
        Assert.Equal((400, "origin must be start or end"), await site.GetAsync(Path(id, "task=main&type=stdout&origin=x")));
        Assert.Equal((400, "error parsing offset: strconv.ParseInt: parsing \"x\": invalid syntax"), await site.GetAsync(Path(id, "task=main&type=stdout&offset=x")));
        Assert.Equal((400, "failed to parse follow field to boolean: strconv.ParseBool: parsing \"x\": invalid syntax"), await site.GetAsync(Path(id, "task=main&type=stdout&follow=x")));
        Assert.Equal((400, "unknown task name \"nix\""), await site.GetAsync(Path(id, "task=nix&type=stdout")));
        Assert.Equal((404, "Unknown allocation \"alloc_nix\""), await site.GetAsync(Path("alloc_nix", "task=main&type=stdout")));
    }

    [Fact]
    public async Task Following_survives_cut_connections_and_killed_agents_without_loss_or_doubling()
    {
        const int lines = 400;
        var allocation = await site.RunAsync("followed", "echo begun; exec sleep 1000");
        var log = await WrittenAsync(allocation, "main.stdout.0", 6);
        using var response = await site.OpenAsync(Path(allocation, "task=main&type=stdout&follow=true"));
        var reading = ReadFramesAsync(response, "begun\n".Length + Numbers(lines).Length);

        var cutBefore = site.Wire.CutConnections;
        for (var i = 0; i < lines; i++)
        {
            await File.AppendAllTextAsync(log, Line(i)); // as the task does: it holds the file appending
            if (i % 50 == 25)
            {
                site.Wire.Cut();
            }

            if (i == 120)
            {
                await site.Agent.KillAndRestartAsync();
            }

            // Once for long enough that the client is told that it is still connected.
            await Task.Delay(i == 200 ? 3_000 : 10);
        }

        var frames = await reading.WaitAsync(Patience);
        Assert.True(site.Wire.CutConnections > cutBefore + 8, $"{site.Wire.CutConnections - cutBefore} connections were cut");
        Assert.Equal("begun\n" + Numbers(lines), frames.Text);
        Assert.True(frames.Heartbeats > 0, "no heartbeat came");
        Assert.All(frames.Files, file => Assert.Equal("alloc/logs/main.stdout.0", file));
        await site.Customer.StopJobAsync("followed");
    }

    [Fact]
    public async Task Following_goes_on_when_the_task_is_started_again()
    {
        var allocation = await site.RunAsync("again", "echo run; sleep 1; exit 1");
        using var response = await site.OpenAsync(Path(allocation, "task=main&type=stdout&follow=true&plain=true"));
        await using var stream = await response.Content.ReadAsStreamAsync();
        var expected = Encoding.ASCII.GetBytes("run\nrun\n");
        var read = new byte[expected.Length];

        await stream.ReadExactlyAsync(read).AsTask().WaitAsync(Patience);

        Assert.Equal(expected, read);
        await site.Customer.StopJobAsync("again");
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_session_at_the_agent()
    {
        string session;
        using (await site.OpenAsync(Path(site.Allocation, "task=main&type=stdout&follow=true")))
        {
            var begun = site.Agent.Process.Transcript.Split('\n').Last(line => line.EndsWith($"logs of {site.Allocation}", StringComparison.Ordinal));
            session = begun.Split(' ').First(word => word.StartsWith("sess_", StringComparison.Ordinal));
            Assert.DoesNotContain($"{session} logs stopped", site.Agent.Process.Transcript, StringComparison.Ordinal);
        }

        await Eventually.Async(
            () => Task.FromResult(site.Agent.Process.Transcript), seen => seen.Contains($"{session} logs stopped", StringComparison.Ordinal), Patience, seen => seen);
    }

    private async Task<string> WrittenAsync(string allocation, string file, int bytes)
    {
        var path = System.IO.Path.Combine(site.FolderOf(allocation), "alloc/logs", file);
        await Eventually.Async(
            () => Task.FromResult(File.Exists(path) ? new FileInfo(path).Length : 0), seen => seen >= bytes, Patience, seen => $"{path} has {seen} bytes");
        return path;
    }

    private static string Line(int i) => i.ToString("D6", CultureInfo.InvariantCulture) + "\n";

    private static string Numbers(int count) => string.Concat(Enumerable.Range(0, count).Select(Line));

    /// <summary>Nomad's frames, until so much data has come.</summary>
    private static async Task<(string Text, int Heartbeats, HashSet<string> Files)> ReadFramesAsync(HttpResponseMessage response, int bytes)
    {
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        var (text, heartbeats, files) = (new StringBuilder(), 0, new HashSet<string>());
        while (text.Length < bytes)
        {
            using var frame = JsonDocument.Parse(await ObjectAsync(reader));
            if (frame.RootElement.TryGetProperty("Data", out var data))
            {
                text.Append(Encoding.ASCII.GetString(data.GetBytesFromBase64()));
                files.Add(frame.RootElement.GetProperty("File").GetString()!);
            }
            else
            {
                heartbeats++;
            }
        }

        return (text.ToString(), heartbeats, files);
    }

    /// <summary>Objects follow one another without anything between; ours hold no nested ones.</summary>
    private static async Task<string> ObjectAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        var one = new char[1];
        do
        {
            Assert.Equal(1, await reader.ReadAsync(one, 0, 1));
            text.Append(one[0]);
        }
        while (one[0] != '}');
        return text.ToString();
    }
}
