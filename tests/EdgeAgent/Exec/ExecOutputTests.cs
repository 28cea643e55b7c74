using System.Text;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;

namespace Saas.EdgeAgent.Tests.Exec;

/// <summary>A task's output as one stream, over the files that rotation makes of it.</summary>
public sealed class ExecOutputTests : IDisposable
{
    private const int Chunk = 300 * 1024;

    private readonly TestFolder _folder = new();
    private readonly OutputFiles _files;
    private readonly LogConfig _logs = new() { MaxFiles = 3, MaxFileSizeMB = 1 };

    public ExecOutputTests()
    {
        _files = new OutputFiles(_folder.Path, "task");
        _files.Create();
    }

    [Fact]
    public void A_reader_that_keeps_up_gets_every_byte_once_over_rotations()
    {
        using var output = new ExecOutput(_files, OutputStream.Stdout);
        var (written, read, position) = (new StringBuilder(), new StringBuilder(), output.Range()!.Value.Start);
        for (var i = 0; i < 20; i++)
        {
            written.Append(Append(i));
            if (i % 3 == 0)
            {
                position = ReadOn(output, position, read, most: Chunk * 5 / 2); // it lags behind
            }

            _files.Rotate(_logs);
        }

        ReadOn(output, position, read, int.MaxValue);
        Assert.Equal(written.ToString(), read.ToString());
    }

    [Fact]
    public void A_position_means_the_same_to_another_process()
    {
        using var first = new ExecOutput(_files, OutputStream.Stdout);
        var read = new StringBuilder();
        var written = Append(1) + Append(2);
        var position = ReadOn(first, 0, read, Chunk + 7);
        _files.Rotate(_logs with { MaxFileSizeMB = 0 });
        written += Append(3);

        using var second = new ExecOutput(new OutputFiles(_folder.Path, "task"), OutputStream.Stdout);
        ReadOn(second, position, read, int.MaxValue);

        Assert.Equal(written, read.ToString());
    }

    [Fact]
    public void A_reader_that_lags_behind_what_is_kept_goes_on_with_the_oldest()
    {
        using var output = new ExecOutput(_files, OutputStream.Stdout);
        for (var i = 0; i < 40; i++)
        {
            Append(i);
            _files.Rotate(_logs);
        }

        var kept = output.Range()!.Value;
        var part = output.Read(0, new byte[16]);

        Assert.Equal(40L * Chunk, kept.End);
        Assert.True(kept.Start > 30L * Chunk);
        Assert.Equal((kept.Start, 16), (part.Position, part.Count));
    }

    [Fact]
    public void A_link_in_the_place_of_the_output_is_not_read()
    {
        using var output = new ExecOutput(_files, OutputStream.Stdout);
        File.Delete(_files.Current(OutputStream.Stdout));
        File.CreateSymbolicLink(_files.Current(OutputStream.Stdout), "/etc/passwd");

        Assert.Null(output.Range());
        Assert.Equal(0, output.Read(0, new byte[16]).Count);
    }

    public void Dispose() => _folder.Dispose();

    private string Append(int i)
    {
        var text = string.Concat(Enumerable.Repeat($"{i:D9}\n", Chunk / 10));
        File.AppendAllText(_files.Current(OutputStream.Stdout), text);
        return text;
    }

    private static long ReadOn(ITaskOutput output, long position, StringBuilder into, int most)
    {
        var buffer = new byte[50_000];
        for (var left = most; left > 0;)
        {
            var part = output.Read(position, buffer.AsSpan(0, Math.Min(buffer.Length, left)));
            if (part.Count == 0)
            {
                break;
            }

            into.Append(Encoding.ASCII.GetString(buffer, 0, part.Count));
            (position, left) = (part.Position + part.Count, left - part.Count);
        }

        return position;
    }
}
