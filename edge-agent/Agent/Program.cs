using System.Runtime.InteropServices;
using Saas.EdgeAgent;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Registry;
using Saas.EdgeAgent.State;

const int BadUsage = 2;
const int NotEnrolled = 3;
const int NoDataDirectory = 4;

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    var options = CommandLine.Parse(args);
    if (options.ConfigFile is { } file)
    {
        var config = ConfigFile.Read(file);
        options = options with { Registry = config.Registry, Node = config.Node };
    }

    await new AgentHost(options, TimeProvider.System, new StderrLogger(Console.Error, TimeProvider.System)).RunAsync(stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (CommandLineException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{CommandLine.Usage}");
    return BadUsage;
}
catch (EnrolmentRefusedException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return NotEnrolled;
}
catch (DataDirectoryException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return NoDataDirectory;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
