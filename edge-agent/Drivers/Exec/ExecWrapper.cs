using System.Diagnostics;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>
/// The process that stands over a task and outlives the agent: a shell of under 1 MB.
///
/// Naive: start the task as a child and wait for it. Then its exit code is lost with the agent, and an agent killed
/// between fork and noting the pid starts it a second time.
/// Instead a shell runs the task and writes down its exit code; and before the task replaces the inner shell, that
/// shell claims the workload by hard-linking a finished file to <c>claim</c>. Linking succeeds once, so of any number of
/// wrappers, started by any number of agents killed at any instruction, one runs the task. Stopping a start that is
/// under way is taking the claim first; removing it is removing the folder to claim in.
/// The task is in a session of its own, apart from its wrapper's: a signal to its process group, SIGKILL too, never
/// reaches what records the end.
/// </summary>
internal sealed class ExecWrapper
{
    // $1 folder, $2 stdout, $3 stderr, $4 setsid, $5 sh, $6 ln, $7 mv; then the command.
    private const string Outer = """
        exec </dev/null >/dev/null 2>&1
        trap : HUP INT QUIT USR1 USR2 PIPE ALRM TERM
        dir=$1 out=$2 err=$3 setsid=$4 sh=$5 ln=$6 mv=$7; shift 7
        "$setsid" "$sh" -c "$SAAS_EXEC_INNER" sh "$dir" $$ "$ln" "$@" >>"$out" 2>>"$err"
        code=$?
        { read -r boot; read -r task; read -r wrapper; } <"$dir/claim" || exit 75
        [ "${wrapper%% *}" = $$ ] || exit 75
        kill -s KILL -- "-${task%% *}"
        printf '%s\n' "$code" >"$dir/exit.tmp" && "$mv" "$dir/exit.tmp" "$dir/exit"
        """;

    private const string Inner = """
        dir=$1 outer=$2 ln=$3; shift 3; unset SAAS_EXEC_INNER
        read -r task </proc/$$/stat && read -r wrapper </proc/$outer/stat && read -r boot </proc/sys/kernel/random/boot_id || exit 75
        printf '%s\n' "$boot" "$task" "$wrapper" >"$dir/claim.$$" && "$ln" "$dir/claim.$$" "$dir/claim" 2>/dev/null || exit 75
        exec "$@"
        """;

    private readonly string _sh;
    private readonly string _setsid;
    private readonly string _ln;
    private readonly string _mv;

    private ExecWrapper(string sh, string setsid, string ln, string mv) => (_sh, _setsid, _ln, _mv) = (sh, setsid, ln, mv);

    /// <summary>Null, and which tool is missing, where the machine lacks one. Absolute paths: a task may set its own PATH.</summary>
    public static ExecWrapper? Find(out string missing)
    {
        string[] names = ["sh", "setsid", "ln", "mv"];
        var paths = names.Select(SearchPath.Find).ToArray();
        missing = string.Join(", ", names.Where((_, i) => paths[i] is null));
        return missing.Length > 0 ? null : new ExecWrapper(paths[0]!, paths[1]!, paths[2]!, paths[3]!);
    }

    /// <summary>Starts a wrapper. Whether it wins the claim shows in the folder.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No process could be started.</exception>
    public Process Spawn(ExecFolder folder, ExecCommand command, OutputFiles output)
    {
        var start = new ProcessStartInfo(_setsid) { UseShellExecute = false, WorkingDirectory = command.WorkDirectory };
        string[] arguments =
        [
            _sh, "-c", Outer, "saas-exec", folder.Path, output.Current(OutputStream.Stdout), output.Current(OutputStream.Stderr),
            _setsid, _sh, _ln, _mv, command.Path, .. command.Arguments,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear(); // nothing of the agent's own, above all no enrolment token
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["SAAS_EXEC_INNER"] = Inner;
        Signals.LetBrokenPipesEndChildren();
        return Process.Start(start)!;
    }
}
