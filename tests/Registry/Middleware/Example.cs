using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Saas.Registry.Tests.Middleware;

/// <summary>The programs and files of docs/examples/haproxy.</summary>
internal static class Example
{
    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/examples/haproxy"));

    public static string FileOf(string file) => Path.Combine(Folder(), file);

    public static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, StringBuilder output)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Append(string? line)
        {
            lock (output)
            {
                output.Append(line is null ? "" : line + "\n"); // null: the stream's end
            }
        }
    }

    public static string Text(StringBuilder output)
    {
        lock (output)
        {
            return output.ToString();
        }
    }
}
